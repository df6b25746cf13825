import { base } from '../../data/infer/html/style.ts';

/** The style sheet of a run's page: that of profiles, and what only runs have. */
export const style = `${base}
:root{--model:#3b6fd4;--baseline:#8792a2;--champion:#8a5cc7;--good:#15803d;--bad:#c02626;--warn:#a05f00;
--good-soft:#e0f3e6;--bad-soft:#fbe4e4;--warn-soft:#fdf1dc}
@media (prefers-color-scheme:dark){:root{--model:#7aa5f5;--baseline:#8b97a7;--champion:#bb96ee;--good:#4cc47a;--bad:#f2827d;
--warn:#f0b458;--good-soft:#173323;--bad-soft:#3d1f21;--warn-soft:#3a2f1b}}
h2{overflow-wrap:anywhere}
h2 .about,h3 .about{font-weight:400;color:var(--soft);font-size:14px;overflow-wrap:anywhere}
h3{margin:24px 0 10px;font-size:15px}
p{margin:0 0 8px}
.path b{color:var(--ink)}
.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}.dim{color:var(--soft)}
.badge{font-size:13px;font-weight:600;padding:2px 10px;border-radius:99px;white-space:nowrap;vertical-align:middle;letter-spacing:0}
.badge.good{background:var(--good-soft)}.badge.bad{background:var(--bad-soft)}.badge.warn{background:var(--warn-soft)}
.tile b.good,.tile b.bad,.tile b.warn{font-size:22px}
td.main{font-weight:650}
td.state{white-space:nowrap;font-weight:600;font-size:13px;width:1%}
td.name{white-space:nowrap;font-weight:600}
td.wide{width:99%}
td p{margin:4px 0 0;font-size:13px}
td code{overflow-wrap:anywhere}
.rules td{vertical-align:top}
.rules td.wide{width:56%;min-width:13em}.rules td.told{width:44%;min-width:11em;color:var(--soft)}
td.some{min-width:12em}
.after{padding:10px 16px;margin:0;font-size:13px;border-top:1px solid var(--line)}
.error{border-left:4px solid var(--bad);padding:14px 18px;margin:0 0 12px}
.error p{overflow-wrap:anywhere;white-space:pre-wrap;margin:6px 0 0}
.error .where{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:var(--soft)}
.outcome{margin:16px 0 0;padding:12px 18px}
.outcome p:last-child{margin:0}
.chart{padding:16px 18px}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;color:var(--soft);font-size:13px;margin:0 0 4px}
.legend span{display:inline-flex;align-items:center;gap:7px}
.legend .dot{position:static;transform:none}
.legend .diamond{transform:rotate(45deg)}
.legend .all{position:static;height:14px}
.slices{display:grid;grid-template-columns:minmax(70px,auto) 1fr auto auto;gap:0 14px;align-items:center;font-size:13.5px}
.slices .group{overflow-wrap:anywhere;max-width:220px}
.slices .plot,.slices .ticks{position:relative;height:24px;margin:0 8px}
.slices .plot{background:linear-gradient(var(--line),var(--line)) 0 50%/100% 1px no-repeat}
.slices .plot,.dot,.all,.bar-part,.fill{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.slices .value{font-weight:600;text-align:right}
.slices .rows,.slices .ticks{color:var(--soft);text-align:right;white-space:nowrap;font-size:12.5px}
.dot{position:absolute;top:50%;width:11px;height:11px;border-radius:50%;transform:translate(-50%,-50%);background:var(--model)}
.dot.baseline{width:9px;height:9px;background:var(--card);border:2px solid var(--baseline)}
.dot.champion{width:9px;height:9px;border-radius:1px;background:var(--champion);transform:translate(-50%,-50%) rotate(45deg)}
.legend .dot.champion{transform:rotate(45deg)}
.all{position:absolute;top:0;bottom:0;width:0;border-left:2px dashed var(--model);opacity:.45}
.tick{position:absolute;top:4px;transform:translateX(-50%)}
details{margin:10px 0 0}
summary{cursor:pointer;color:var(--soft);font-size:13px}
details .panel{margin-top:8px}
.parts{display:flex;height:16px;border-radius:5px;overflow:hidden;gap:2px;margin:0 0 6px}
.bar-part{min-width:3px;background:var(--mark)}.bar-part.validation{opacity:.6}.bar-part.test{opacity:.35}
.uses .fill{background:var(--model)}
.steps .fill{display:block;height:3px;border-radius:2px;background:var(--mark);margin:2px 0 0 auto}
@media (max-width:620px){td.name{white-space:normal;overflow-wrap:anywhere}td.wide{min-width:9em}main{padding:28px 16px 60px}th,td{padding:8px 12px}
.slices{grid-template-columns:1fr auto auto;grid-auto-flow:dense}.slices .plot,.slices .ticks{grid-column:1/-1}.slices .group{grid-column:1}
.slices .plot{margin-bottom:6px}.slices .none{display:none}}
`;
