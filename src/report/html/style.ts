// One style sheet for screen, paper, light and dark. Colours are told apart by colour-blind readers (blue, orange,
// after Okabe and Ito, with different lightness) and never carry meaning alone.

const LIGHT = `
--paper:#fbfaf7;--panel:#fff;--ink:#1c2126;--soft:#59626c;--line:#e3dfd6;--accent:#0b5a8a;--bad:#a3330f;--warning:#7d5200;
--good:#1c6549;--wash:#f1eee7;--before:#b4480f;--after:#0b5a8a;--p0:#e9e5db;--p1:#c9deed;--p2:#f7d9b8;--p3:#cde5d6;
--p4:#e3d5ea;--p5:#f3e7ae;--p6:#d3dbe1`;

const DARK = `
--paper:#11161b;--panel:#181f26;--ink:#e7e9eb;--soft:#a4adb7;--line:#2d3741;--accent:#86c5ef;--bad:#ff9f7c;--warning:#efc266;
--good:#82d3b0;--wash:#1c242c;--before:#f0a068;--after:#86c5ef;--p0:#2b3037;--p1:#1f4a66;--p2:#6b421c;--p3:#22533f;
--p4:#4c3a5c;--p5:#5a5019;--p6:#3b4853`;

const PAGE = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",
"Liberation Sans",sans-serif;overflow-wrap:anywhere}
header,main,footer{max-width:68rem;margin:0 auto;padding:0 clamp(1rem,4vw,2.5rem)}
h1,h2,.lead{font-family:Charter,"Bitstream Charter","Sitka Text",Cambria,Georgia,"Noto Serif","Liberation Serif",serif}
h1{font-size:clamp(1.9rem,5vw,3rem);line-height:1.12;letter-spacing:-.015em;margin:.3rem 0 .5rem;font-weight:600}
h2{font-size:1.65rem;line-height:1.25;margin:0 0 .35rem;font-weight:600;letter-spacing:-.01em}
h3{font-size:1.08rem;line-height:1.4;margin:0;font-weight:600}
h4{font-size:.95rem;margin:1.4rem 0 .3rem;font-weight:600}
p{margin:.5rem 0;max-width:46rem}
a{color:var(--accent);text-underline-offset:.18em;text-decoration-thickness:.06em}
a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--accent);outline-offset:3px}
code,pre{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;font-size:.875em}
code{unicode-bidi:isolate}
section{margin-top:3.75rem;padding-top:1.6rem;border-top:1px solid var(--line)}
.soft{color:var(--soft)}
.brand{display:flex;align-items:center;gap:.5rem;padding-top:2.5rem;color:var(--soft);font-size:.9rem;letter-spacing:.06em}
.brand svg{color:var(--accent)}
.about{color:var(--soft);font-size:.95rem;margin:0}
.lead{font-size:clamp(1.18rem,2.2vw,1.42rem);line-height:1.5;max-width:44rem;margin:1.7rem 0 0}
.lead .first{font-weight:600}
.figures{display:flex;flex-wrap:wrap;gap:1px;margin:2.2rem 0 0;
background:var(--line);border:1px solid var(--line);border-radius:.6rem;overflow:hidden}
.figures>div{flex:1 1 12rem;background:var(--panel);padding:1rem 1.2rem 1.1rem}
.figures dt{color:var(--soft);font-size:.88rem}
.figures dd{margin:0}
.figures .value{font-size:1.75rem;line-height:1.3;font-weight:600;letter-spacing:-.015em;font-variant-numeric:tabular-nums}
.basis{color:var(--soft);font-size:.84rem;white-space:normal}
.basis i{font-style:normal;border-bottom:1px solid var(--soft)}
.basis i.modelled{border-bottom-style:dashed}
.basis i.inferred{border-bottom-style:dotted}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.3rem 1.3rem;padding:0;margin:1.6rem 0 0;font-size:.92rem}
.bases{font-size:.86rem;color:var(--soft)}
.notice{border-left:3px solid var(--warning);padding:.1rem 0 .1rem 1rem;margin:1.4rem 0}`;

const PARTS = `
table{border-collapse:collapse;width:100%;font-size:.9rem;line-height:1.45}
caption{text-align:left;color:var(--soft);font-size:.88rem;padding:0 0 .5rem;max-width:min(46rem,100vw - 3rem)}
th,td{text-align:left;vertical-align:top;padding:.42rem 1.1rem .42rem 0;border-bottom:1px solid var(--line);min-width:4rem;font-weight:400;overflow-wrap:break-word}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--soft);font-size:.84rem;white-space:nowrap;vertical-align:bottom}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.c{min-width:min(17rem,42vw);overflow-wrap:anywhere}
.k{min-width:22rem;overflow-wrap:anywhere;color:var(--soft)}
tbody th:first-child{min-width:8rem}tbody th.n{min-width:3rem}
.table{margin:.9rem 0 1.4rem;overflow-wrap:anywhere}.table td{overflow-wrap:anywhere}
.scroll{overflow-x:auto;margin:.9rem 0 1.4rem}
.bar{display:block;height:3px;border-radius:2px;background:var(--accent);opacity:.55;margin-top:.3rem;min-width:2px}
details{margin:.8rem 0}
summary{cursor:pointer;color:var(--accent);font-size:.92rem;width:fit-content;max-width:100%}
.fail,.error{color:var(--bad)}.warning{color:var(--warning)}.note{color:var(--soft)}.unknown{color:var(--warning)}.pass{color:var(--good)}
.word{font-weight:600;white-space:nowrap}td.word{width:9rem}
.asked{max-width:46rem}
.marks{display:block;margin:.7rem 0 1rem;max-width:100%}
.remedies{list-style:none;padding:0;margin:1.2rem 0 0;counter-reset:r}
.remedies>li{counter-increment:r;background:var(--panel);border:1px solid var(--line);border-radius:.6rem;padding:1.25rem 1.4rem;margin:0 0 1rem}
.top{display:flex;flex-wrap:wrap;gap:.3rem 2rem;justify-content:space-between;align-items:baseline}
.top>h3{flex:1 1 20rem}
.remedies h3::before{content:counter(r) ".";color:var(--soft);margin-right:.5rem;font-variant-numeric:tabular-nums}
.saves strong{font-size:1.15rem;font-variant-numeric:tabular-nums;margin-right:.5rem}
pre{background:var(--wash);border-radius:.4rem;padding:.8rem 1rem;margin:.8rem 0;white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.5}
.terms{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.2rem;margin:.8rem 0 0;font-size:.93rem}
.terms dt{color:var(--soft)}.terms dd{margin:0;max-width:46rem}
.finding{padding:1.5rem 0 .9rem;border-bottom:1px solid var(--line)}
.finding:last-of-type{border-bottom:0}
.kicker{font-size:.86rem;color:var(--soft);margin:0 0 .2rem}
.finding h3{max-width:50rem}
.facts{font-size:.93rem;color:var(--soft);margin:.4rem 0 0}
.fix{border-left:3px solid var(--good);padding:.05rem 0 .05rem .9rem;margin:.7rem 0}
.facts strong{color:var(--ink);font-variant-numeric:tabular-nums}
.list{padding-left:1.1rem}.list li{margin:.5rem 0;max-width:46rem}
figure{margin:1.2rem 0 .6rem}
figcaption{color:var(--soft);font-size:.88rem;margin:0 0 .6rem;max-width:46rem}
footer{color:var(--soft);font-size:.86rem;padding-top:2.5rem;padding-bottom:4rem;margin-top:3.75rem}`;

const CHARTS = `
svg{display:block;max-width:100%}
svg text{font:11.5px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;fill:var(--ink);pointer-events:none}
.icicle rect{stroke:var(--paper);stroke-width:1}
.p0{fill:var(--p0)}.p1{fill:var(--p1)}.p2{fill:var(--p2)}.p3{fill:var(--p3)}.p4{fill:var(--p4)}.p5{fill:var(--p5)}.p6{fill:var(--p6)}
.key{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.2rem;padding:0;margin:.2rem 0 .8rem;font-size:.86rem;color:var(--soft)}
.key i{display:inline-block;width:.85em;height:.85em;border-radius:2px;margin-right:.4em;vertical-align:-.06em;border:1px solid var(--line)}
.key .p1{background:var(--p1)}.key .p2{background:var(--p2)}.key .p3{background:var(--p3)}.key .p4{background:var(--p4)}
.key .p5{background:var(--p5)}.key .p6{background:var(--p6)}.key .p0{background:var(--p0)}
.placement{max-width:none}
.placement rect{stroke:var(--line)}.placement .several{fill:var(--panel);stroke:var(--bad)}
.placement .none{fill:none;stroke-dasharray:2 3;stroke:var(--soft);stroke-opacity:.55}
.placement .hatch{stroke:var(--bad);stroke-opacity:.4;fill:none}
.placement text{font-variant-numeric:tabular-nums}.placement .tick{fill:var(--soft)}
.columns{columns:26rem 2;column-gap:3rem}.columns>*{break-inside:avoid;margin-top:0;padding-top:.9rem}
.curve text{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
.curve .tick{fill:var(--soft)}
.curve .grid{stroke:var(--line)}
.curve .asked{stroke:var(--soft);stroke-dasharray:2 3}
.curve path{vector-effect:non-scaling-stroke}
.curve .before{stroke:var(--before);fill:none;stroke-width:2}.curve .after{stroke:var(--after);fill:none;stroke-width:2;stroke-dasharray:7 4}
.curve .band.before{fill:var(--before);stroke:none}.curve .band.after{fill:var(--after);stroke:none}
.curve circle.before{fill:var(--before);stroke:none}.curve circle.after{fill:var(--paper);stroke-dasharray:none}
.curve text.before{fill:var(--before);stroke:var(--paper);stroke-width:4px;font-weight:600}
.curve text.after{fill:var(--after);stroke:var(--paper);stroke-width:4px;stroke-dasharray:none;font-weight:600}
@media(max-width:67rem){.w{display:none}}
@media(max-width:42rem){.m{display:none}.terms{grid-template-columns:1fr}.terms dd{margin-bottom:.4rem}section{margin-top:2.75rem}}`;

const PAPER = `
@media print{:root{${LIGHT.replaceAll('\n', '')};--paper:#fff}
body{font-size:10pt}header,main,footer{max-width:none;padding:0}nav{display:none}section{margin-top:1.6rem;padding-top:.8rem}
details::details-content{content-visibility:visible;block-size:auto}
h2,h3,caption,summary,.kicker{break-after:avoid}.scroll{overflow:visible}.c,.k{min-width:0}table{font-size:8.5pt}.remedies>li,figure,tr{break-inside:avoid}a{color:inherit}}`;

const compact = (css: string) => css.replaceAll('\n', '').replaceAll(', ', ',');

export const STYLE: string = [
  ':root{color-scheme:light dark;',
  compact(LIGHT),
  '}@media(prefers-color-scheme:dark){:root{',
  compact(DARK),
  '}}',
  compact(PAGE),
  compact(PARTS),
  compact(CHARTS),
  compact(PAPER),
].join('');
