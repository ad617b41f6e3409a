import { DARK, LIGHT } from '../../plot/palette.ts';

function variables(colors: Readonly<Record<string, string>>): string {
  return Object.entries(colors)
    .map(([role, color]) => `--plot-${role}:${color};`)
    .join('');
}

/** The look of a report page. Paper is always light; the dark scheme holds on screens only. */
export const STYLE = `:root{color-scheme:light dark;${variables(LIGHT)}
--page:#ffffff;--text:#1f2328;--soft:#59636e;--line:#d8dee4;--fill:#f6f8fa;--link:#0b5394;--good:#1a7f37;--bad:#cf222e;--mark:#eaf3fb}
@media screen and (prefers-color-scheme:dark){:root{${variables(DARK)}
--page:#0d1117;--text:#e6edf3;--soft:#9da7b3;--line:#30363d;--fill:#161b22;--link:#6cb6ff;--good:#3fb950;--bad:#ff7b72;--mark:#12263f}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
h1{margin:0;font-size:1.9rem;line-height:1.2;overflow-wrap:anywhere}
h2{margin:2.75rem 0 1rem;padding-bottom:.35rem;border-bottom:1px solid var(--line);font-size:1.3rem}
h3{margin:1.75rem 0 .75rem;font-size:1.05rem}
p{margin:.75rem 0;max-width:46rem;overflow-wrap:anywhere}
a{color:var(--link)}
.subtitle{margin:.4rem 0 0;color:var(--soft)}
.tiles{margin:1.75rem 0}
.tiles p{margin:0 0 .5rem;color:var(--soft);font-size:.875rem}
.tiles dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(8rem,1fr));gap:.75rem;margin:0}
.tiles div{padding:.7rem .9rem;border:1px solid var(--line);border-radius:.5rem;background:var(--fill)}
.tiles dt{color:var(--soft);font-size:.8125rem}
.tiles dd{margin:.1rem 0 0;font-size:1.5rem;font-weight:600;font-variant-numeric:tabular-nums}
.callout{padding:.65rem .9rem;border:1px solid var(--line);border-left:.3rem solid var(--soft);border-radius:.35rem;background:var(--fill)}
.callout.good{border-left-color:var(--good)}
.callout.bad{border-left-color:var(--bad)}
.callout.good strong{color:var(--good)}
.callout.bad strong{color:var(--bad)}
.scroll{margin:1.1rem 0;overflow-x:auto}
table{min-width:min(100%,24rem);border-collapse:collapse;font-size:.9rem}
caption{padding:0 0 .4rem;color:var(--soft);font-size:.875rem;text-align:left}
th,td{padding:.4rem .9rem .4rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;unicode-bidi:isolate}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--soft);font-weight:600;white-space:nowrap}
tbody th{font-weight:400}
td,tbody th{max-width:34rem;overflow-wrap:break-word}
.wide{min-width:16rem}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.marked>*{background:var(--mark)}
.marked>*:first-child{padding-left:.5rem;box-shadow:inset .2rem 0 var(--link)}
code{font:.875em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
pre{margin:1.1rem 0;padding:.8rem 1rem;overflow-x:auto;border:1px solid var(--line);border-radius:.5rem;background:var(--fill);line-height:1.5}
figure{margin:1.25rem 0 1.75rem}
figure .scroll{margin:0}
figure svg{display:block;min-width:24rem;max-width:100%;height:auto;border:1px solid var(--line);border-radius:.5rem}
figcaption{max-width:46rem;margin-top:.5rem;color:var(--soft);font-size:.875rem}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
@media (max-width:34rem){main{padding:1.5rem .9rem 3rem}h1{font-size:1.5rem}.tiles dl{grid-template-columns:repeat(2,1fr)}.tiles div:first-child:nth-last-child(odd){grid-column:1/-1}}
@media print{body{font-size:10pt}main{max-width:none;padding:0}.scroll{overflow:visible}figure,tr,.tiles,.callout,pre{break-inside:avoid}h2,h3,caption{break-after:avoid}pre{white-space:pre-wrap}figure svg{min-width:0;max-width:15cm}a{color:inherit}}
`;
