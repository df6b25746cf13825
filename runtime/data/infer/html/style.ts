/** What all pages share: light and dark, narrow and wide, and on paper. */
export const base = `
:root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--ink:#1a2230;--soft:#5b6676;--faint:#8792a2;--line:#e3e7ed;
--mark:#3b6fd4;--mark-soft:#dce6f9;--time:#0f8a7e;--text:#8a5cc7;--flag:#b06a00;--flag-soft:#fdf1dc;--gap:#d9534f;
--minus:#c8553d;--plus:#3b6fd4}
@media (prefers-color-scheme:dark){:root{--ground:#12161d;--card:#1a202a;--ink:#e6eaf0;--soft:#a3aebd;--faint:#75808f;
--line:#2b3442;--mark:#7aa5f5;--mark-soft:#24344f;--time:#4cc4b6;--text:#bb96ee;--flag:#f0b458;--flag-soft:#3a2f1b;--gap:#ef7f7b;
--minus:#e5806a;--plus:#7aa5f5}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;
font-variant-numeric:tabular-nums}
main{max-width:1120px;margin:0 auto;padding:40px 24px 80px}
h1{font-size:28px;line-height:1.2;letter-spacing:-.02em;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:17px;letter-spacing:-.01em;margin:44px 0 12px}
h3{font-size:16px;margin:0;overflow-wrap:anywhere}
.path{color:var(--soft);margin:0 0 24px;overflow-wrap:anywhere}
code,.type{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:12px}
.tile,.card,.panel{background:var(--card);border:1px solid var(--line);border-radius:10px}
.tile{padding:14px 16px}
.tile b{display:block;font-size:22px;letter-spacing:-.02em;line-height:1.25}
.tile span{color:var(--soft);font-size:13px}
.panel{padding:4px 0;overflow-x:auto}
table{border-collapse:collapse;width:100%}
th{font-size:12px;font-weight:600;color:var(--soft);text-align:left;white-space:nowrap}
th,td{padding:8px 16px;border-bottom:1px solid var(--line);vertical-align:middle}
tr:last-child td{border-bottom:0}
td.number,th.number{text-align:right;white-space:nowrap}
td a{color:inherit;font-weight:600;text-decoration:none}
td a:hover{text-decoration:underline}
td .type{display:inline-block;min-width:10em;color:var(--soft);overflow-wrap:break-word}
.values{display:grid;grid-template-columns:minmax(80px,38%) 1fr auto;gap:5px 12px;align-items:center;font-size:14px}
.values .name{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.values .track{background:var(--ground);border-radius:4px;height:14px;overflow:hidden}
.values .fill{background:var(--text);height:100%;border-radius:4px;min-width:2px}
.values .rest .fill,.values .fill.rest{background:var(--faint)}
.values .count{color:var(--soft);text-align:right;white-space:nowrap}
.note{color:var(--soft);font-size:13px;margin:12px 0 0}
footer{color:var(--faint);font-size:13px;margin-top:48px}
@media print{body{background:#fff}.card,.tile,.panel{break-inside:avoid}}
`;

/** The style sheet of a profile. */
export const style = `${base}
.findings{list-style:none;margin:0;padding:6px 18px}
.findings li{padding:8px 0 8px 22px;position:relative;border-bottom:1px solid var(--line)}
.findings li:last-child{border:0}
.findings li::before{content:"";position:absolute;left:2px;top:15px;width:8px;height:8px;border-radius:50%;background:var(--flag)}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(500px,100%),1fr));gap:16px}
.card{padding:18px 20px;display:flex;flex-direction:column;gap:12px;scroll-margin-top:16px}
.head{display:flex;flex-wrap:wrap;gap:2px 12px;align-items:baseline;justify-content:space-between}
.head .type{color:var(--soft);overflow-wrap:anywhere}
.tags{display:flex;flex-wrap:wrap;gap:6px}
.tag{font-size:12px;padding:1px 8px;border-radius:99px;background:var(--mark-soft);color:var(--ink)}
.tag.flag{background:var(--flag-soft);color:var(--flag)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(96px,1fr));gap:8px 12px;margin:0}
.facts div{min-width:0}
.facts dt{font-size:12px;color:var(--soft)}
.facts dd{margin:0;font-weight:600;font-size:13.5px;overflow-wrap:anywhere}
svg{display:block;max-width:100%}
svg text{font:11px system-ui,-apple-system,"Segoe UI",sans-serif;fill:var(--soft)}
.number-bar{fill:var(--mark)}.time-bar{fill:var(--time)}.text-bar{fill:var(--text)}
.bar:hover{opacity:.75}
.axis{stroke:var(--line)}.median{stroke:var(--ink);stroke-dasharray:3 3;opacity:.55}
.box{fill:var(--mark);fill-opacity:.3}.whisker{stroke:var(--faint)}.outer{fill:var(--faint)}
.examples{margin:0;color:var(--soft);font-size:14px;overflow-wrap:anywhere}
.examples b{color:var(--ink);font-weight:600}
.gap{display:flex;align-items:center;gap:10px;font-size:13px;color:var(--soft)}
.gap .track{flex:1;height:6px;border-radius:3px;background:var(--line);overflow:hidden}
.gap .fill{height:100%;background:var(--gap)}
.matrix{padding:18px 20px}
`;
