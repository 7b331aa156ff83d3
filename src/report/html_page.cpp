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
.key{cursor:pointer}.key.off{opacity:.35}.off-series{display:none}
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
.tools{display:flex;gap:.5rem;margin:-.5rem 0 1rem}
.tools input,.tools button,.tabs button,nav button{font:inherit;font-size:.82rem;color:var(--text);background:var(--panel);border:1px solid var(--rule);border-radius:6px;padding:.25rem .6rem}
.tools button,.tabs button,nav button{cursor:pointer}
.tabs{display:flex;flex-wrap:wrap;gap:.35rem;margin:1.2rem 0 .3rem}
.tabs button[aria-selected=true]{background:var(--accent);border-color:var(--accent);color:var(--bg)}
.part[hidden]{display:none}
details>summary{cursor:pointer;color:var(--accent);font-size:.9rem}
@media(max-width:900px){.frame{display:block}nav{position:static;height:auto;border-right:0;border-bottom:1px solid var(--rule);padding:1rem}nav ol{columns:2}main{padding:1rem}}
@media print{nav,.tabs,.tools{display:none}.frame{display:block}.part[hidden]{display:block}body{font-size:10pt}h2{break-after:avoid}figure,tr{break-inside:avoid}main{padding:0}}
)";
}

std::string_view page_script() {
  return R"(
'use strict';
const all=(s,e=document)=>[...e.querySelectorAll(s)];
const make=(tag,text,props={})=>Object.assign(document.createElement(tag),{textContent:text,...props});
const theme=make('button','dark or light',{type:'button'});
theme.onclick=()=>{const dark=getComputedStyle(document.documentElement).colorScheme==='dark';document.documentElement.dataset.theme=dark?'light':'dark'};
document.querySelector('nav').append(theme);
function choose(name){
  for(const chapter of all('section')){
    const parts=all('.part[data-alt]',chapter);
    if(!parts.some(p=>p.dataset.alt===name))continue;
    for(const p of parts)p.hidden=p.dataset.alt!==name;
    for(const b of all('.tabs button',chapter))b.setAttribute('aria-selected',b.textContent===name);
  }
}
for(const chapter of all('section')){
  const parts=all('.part[data-alt]',chapter);
  const names=[...new Set(parts.map(p=>p.dataset.alt))];
  if(names.length<2)continue;
  const tabs=make('div','',{className:'tabs'});
  tabs.setAttribute('role','tablist');
  for(const name of names){
    const b=make('button',name,{type:'button',onclick:()=>choose(name)});
    b.setAttribute('role','tab');
    b.onkeydown=e=>{const n={ArrowRight:b.nextSibling,ArrowLeft:b.previousSibling}[e.key];if(n){n.focus();n.click()}};
    tabs.append(b);
  }
  parts[0].before(tabs);
  choose(names[0]);
}
const value=cell=>cell.dataset.v!==undefined?+cell.dataset.v:cell.classList.contains('n')?parseFloat(cell.textContent.replace(/[,<]/g,'')):cell.textContent;
function sort(table,column,head){
  const up=head.getAttribute('aria-sort')!=='ascending';
  for(const h of all('thead th',table))h.removeAttribute('aria-sort');
  head.setAttribute('aria-sort',up?'ascending':'descending');
  const rows=all('tbody tr',table).map(r=>[value(r.cells[column]),r]);
  const unknown=v=>v===''||v==='-'||Number.isNaN(v);
  rows.sort(([a],[b])=>unknown(a)-unknown(b)||(unknown(a)?0:(a<b?-1:a>b?1:0)*(up?1:-1)));
  table.tBodies[0].append(...rows.map(r=>r[1]));
}
function csv(table){
  const quote=t=>/[",\n]/.test(t)?'"'+t.replace(/"/g,'""')+'"':t;
  return all('tr',table).map(r=>[...r.cells].map(c=>quote(c.dataset.v??c.textContent)).join(',')).join('\r\n');
}
for(const table of all('table')){
  all('thead th',table).forEach((h,i)=>{const b=make('button',h.textContent,{type:'button',onclick:()=>sort(table,i,h)});h.replaceChildren(b)});
  const tools=make('div','',{className:'tools'});
  if(table.tBodies[0].rows.length>12){
    const filter=make('input','',{type:'search',placeholder:'filter rows',ariaLabel:'filter rows'});
    filter.oninput=()=>{for(const r of table.tBodies[0].rows)r.hidden=!r.textContent.toLowerCase().includes(filter.value.toLowerCase())};
    tools.append(filter);
  }
  const save=make('button','CSV',{type:'button',title:'download this table; numbers in SI base units where the heading names no unit'});
  save.onclick=()=>{const a=make('a','',{href:URL.createObjectURL(new Blob([csv(table)],{type:'text/csv'})),download:(table.getAttribute('aria-label')||'table')+'.csv'});a.click();setTimeout(()=>URL.revokeObjectURL(a.href),1000)};
  tools.append(save);
  table.parentElement.after(tools);
  for(const c of all('[data-v]',table))c.title=c.dataset.v;
}
for(const key of all('.key')){
  key.closest('svg').setAttribute('role','group');key.setAttribute('tabindex','0');key.setAttribute('role','button');
  const toggle=()=>{const off=key.classList.toggle('off');for(const m of all(`[data-s="${key.dataset.s}"]:not(.key)`,key.closest('svg')))m.classList.toggle('off-series',off)};
  key.onclick=toggle;key.onkeydown=e=>{if(e.key==='Enter'||e.key===' '){e.preventDefault();toggle()}};
}
)";
}

}  // namespace chipcast::report
