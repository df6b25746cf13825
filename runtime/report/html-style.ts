/** The style sheet of a run's page: light and dark, readable on paper and on a phone. */
export const style = `
:root { color-scheme: light dark; --ink: #1b2430; --dim: #66717f; --line: #dde3ea; --page: #fff; --panel: #f6f8fa;
  --model: #2266cc; --baseline: #a8b3c1; --champion: #8a5cc2; --good: #15803d; --bad: #c02626; --warn: #a86300; }
@media (prefers-color-scheme: dark) { :root { --ink: #e5eaf0; --dim: #98a4b3; --line: #303a47; --page: #12171e;
  --panel: #1a212b; --model: #6aa3f5; --baseline: #566273; --champion: #b593e6; --good: #4cc47a; --bad: #f0736e; --warn: #e0a74a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 980px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 19px; margin: 36px 0 10px; } h3 { font-size: 15px; margin: 22px 0 6px; }
p { margin: 4px 0; } .dim, caption { color: var(--dim); } .good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
.panel { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 12px 16px; margin: 8px 0; overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } th { color: var(--dim); font-weight: 500; text-align: left; }
td, th { padding: 3px 18px 3px 0; vertical-align: top; } td.n, th.n { text-align: right; } td.main { font-weight: 650; }
code { font: 13px ui-monospace, monospace; } svg { max-width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
svg .dim { fill: var(--dim); } .key { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin: 0 5px 0 14px; }
footer { color: var(--dim); margin-top: 40px; border-top: 1px solid var(--line); padding-top: 10px; font-size: 13px; }
`;
