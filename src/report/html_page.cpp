#include "report/html_page.hpp"

namespace chipcast::report {

std::string_view page_style() {
  return R"(:root{color-scheme:light;--bg:#fff;--panel:#f6f8fa;--text:#1d2329;--dim:#57616b;--rule:#d8dde2;--accent:#0b62a4}
@media(prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;--bg:#14181d;--panel:#1c2229;--text:#e3e7eb;--dim:#a0abb6;--rule:#37414b;--accent:#6cb6ee}}
:root[data-theme=dark]{color-scheme:dark;--bg:#14181d;--panel:#1c2229;--text:#e3e7eb;--dim:#a0abb6;--rule:#37414b;--accent:#6cb6ee}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:1rem}
body{margin:0;background:var(--bg);color:var(--text);font:16px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif}
a{color:var(--accent)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.frame{display:grid;grid-template-columns:15rem minmax(0,1fr);max-width:86rem;margin:0 auto}
nav{position:sticky;top:0;align-self:start;height:100vh;overflow:auto;padding:2rem 1rem 2rem 1.25rem;border-right:1px solid var(--rule);font-size:.9rem}
nav ol{list-style:none;margin:0 0 1.5rem;padding:0}
nav li a{display:block;padding:.22rem 0;color:var(--dim);text-decoration:none}
nav li a:hover{color:var(--accent)}
main{padding:2rem 2rem 4rem}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .4rem;text-wrap:balance}
h2{font-size:1.4rem;margin:3.2rem 0 .6rem;padding-top:1rem;border-top:1px solid var(--rule)}
h3{font-size:1.02rem;margin:1.6rem 0 .5rem}
.caveat,.note{color:var(--dim)}
.note{font-size:.88rem;max-width:46rem}
.lead{max-width:46rem}
.summary li{margin:.35rem 0;max-width:48rem}
figure{margin:1rem 0;overflow-x:auto}
figcaption{color:var(--dim);font-size:.88rem}
figure svg{display:block;width:100%;min-width:34rem;max-width:54rem;height:auto}
.chart.chart{--paper:var(--bg);--ink:var(--text);--faint:var(--dim);--line:var(--rule)}
figure{position:relative}
.zoom{position:absolute;right:0;top:0;display:flex;gap:.25rem;opacity:0}
figure:hover .zoom,figure:focus-within .zoom{opacity:1}
.zoomed{cursor:grab;touch-action:none}
.key{cursor:pointer}.key.off{opacity:.35}.off-series{display:none}
.tip{position:fixed;z-index:9;max-width:22rem;padding:.3rem .6rem;border-radius:6px;background:var(--text);color:var(--bg);font-size:.82rem;pointer-events:none}
.tip[hidden]{display:none}
.scroll{overflow-x:auto;margin:.5rem 0 1rem}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
th,td{padding:.3rem .55rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule)}
thead th{position:relative;background:var(--panel);font-weight:600;white-space:nowrap}
td{white-space:nowrap}
td.long{white-space:normal;min-width:16rem}
.n{text-align:right}
.heat{background:color-mix(in srgb,#0a78c2 calc(4% + var(--h)*56%),transparent)}
tbody tr:hover{background:var(--panel)}
th button{all:unset;cursor:pointer}
th button:focus-visible{outline:2px solid var(--accent)}
th[aria-sort=ascending] button::after{content:" \2191"}
th[aria-sort=descending] button::after{content:" \2193"}
.tools{display:flex;flex-wrap:wrap;gap:.5rem;margin:-.5rem 0 1rem}
.tools input,.tools button,.tabs button,.zoom button,nav button,dialog button{font:inherit;font-size:.82rem;color:var(--text);background:var(--panel);border:1px solid var(--rule);border-radius:6px;padding:.25rem .6rem}
.tools input{width:9rem}
.tools button,.tabs button,.zoom button,nav button,dialog button{cursor:pointer}
.tabs{display:flex;flex-wrap:wrap;gap:.35rem;margin:1.2rem 0 .3rem}
.tabs button[aria-selected=true]{background:var(--accent);border-color:var(--accent);color:var(--bg)}
.part[hidden]{display:none}
details>summary{cursor:pointer;color:var(--accent);font-size:.9rem}
a.why{color:inherit;text-decoration:underline dotted var(--dim);text-underline-offset:.2em}
a.why:hover{color:var(--accent);text-decoration-style:solid}
dialog{width:min(60rem,calc(100vw - 2rem));max-height:calc(100vh - 3rem);overflow:auto;padding:0 1.5rem 1.5rem;color:var(--text);background:var(--bg);border:1px solid var(--rule);border-radius:10px}
dialog::backdrop{background:#0007}
dialog .close{position:sticky;top:1rem;float:right;margin-top:1rem}
@media(max-width:900px){.frame{display:block}nav{position:static;height:auto;border-right:0;border-bottom:1px solid var(--rule);padding:1rem}nav ol{columns:2}main{padding:1rem}}
@media print{nav,.tabs,.tools,.zoom,.tip,#derivations{display:none}.frame{display:block}.part[hidden]{display:block}body{font-size:10pt}h2{break-after:avoid}figure,tr{break-inside:avoid}main{padding:0}}
)";
}

}  // namespace chipcast::report
