#include "report/html_page.hpp"

namespace chipcast::report {

std::string_view page_script() {
  return R"(
'use strict';
const all=(selector,root=document)=>[...root.querySelectorAll(selector)];
const make=(tag,text,properties={})=>Object.assign(document.createElement(tag),{textContent:text,...properties});
const button=(text,onclick,properties={})=>make('button',text,{type:'button',onclick,...properties});

// Light and dark.
document.querySelector('nav').append(button('dark or light',()=>{
  const root=document.documentElement;
  root.dataset.theme=getComputedStyle(root).colorScheme==='dark'?'light':'dark';
}));

// Tables that are alternatives to each other: one is shown, and a choice holds for all sections that have it.
function choose(name){
  for(const tabs of all('.tabs')){
    const parts=all(`.part[data-axis="${tabs.dataset.axis}"]`,tabs.parentElement);
    if(!parts.some(part=>part.dataset.alt===name))continue;
    for(const part of parts)part.hidden=part.dataset.alt!==name;
    for(const tab of tabs.children){
      const chosen=tab.textContent===name;
      tab.setAttribute('aria-selected',chosen);
      tab.tabIndex=chosen?0:-1;
    }
  }
}
for(const section of all('section')){
  for(const axis of new Set(all('.part[data-axis]',section).map(part=>part.dataset.axis))){
    const parts=all(`.part[data-axis="${axis}"]`,section);
    const names=[...new Set(parts.map(part=>part.dataset.alt))];
    if(names.length<2)continue;
    const tabs=make('div','',{className:'tabs',role:'tablist',ariaLabel:axis});
    tabs.dataset.axis=axis;
    for(const name of names)tabs.append(button(name,()=>choose(name),{role:'tab'}));
    tabs.onkeydown=event=>{
      const to={ArrowRight:event.target.nextSibling,ArrowLeft:event.target.previousSibling,Home:tabs.firstChild,End:tabs.lastChild}[event.key];
      if(to){event.preventDefault();to.click();to.focus()}
    };
    parts[0].before(tabs);
    choose(names[0]);
  }
}

// Sorting, filtering and saving tables.
const value=cell=>cell.dataset.v!==undefined?+cell.dataset.v:cell.classList.contains('n')?parseFloat(cell.textContent.replace(/[,<]/g,'')):cell.textContent;
function sort(table,column,heading){
  const up=heading.getAttribute('aria-sort')!=='ascending';
  for(const other of all('thead th',table))other.removeAttribute('aria-sort');
  heading.setAttribute('aria-sort',up?'ascending':'descending');
  const unknown=x=>x===''||x==='-'||Number.isNaN(x);
  const rows=all('tbody tr',table).map(row=>[value(row.cells[column]),row]);
  rows.sort(([a],[b])=>unknown(a)-unknown(b)||(unknown(a)?0:(a<b?-1:a>b?1:0)*(up?1:-1)));
  table.tBodies[0].append(...rows.map(row=>row[1]));
}
function csv(table){
  const quote=text=>/[",\n]/.test(text)?'"'+text.replace(/"/g,'""')+'"':text;
  const text=cell=>cell.dataset.key??cell.dataset.v??cell.textContent;
  return all('tr',table).filter(row=>!row.hidden).map(row=>[...row.cells].map(cell=>quote(text(cell))).join(',')).join('\r\n');
}
function save(name,type,text){
  const link=make('a','',{href:URL.createObjectURL(new Blob([text],{type})),download:name});
  link.click();
  setTimeout(()=>URL.revokeObjectURL(link.href),1000);
}
for(const table of all('.part table')){
  const name=table.getAttribute('aria-label');
  all('thead th',table).forEach((heading,column)=>{
    heading.replaceChildren(button(heading.textContent,()=>sort(table,column,heading)));
  });
  const tools=make('div','',{className:'tools'});
  if(table.tBodies[0].rows.length>4){
    const filter=make('input','',{type:'search',placeholder:'filter rows',ariaLabel:'filter rows of '+name});
    filter.oninput=()=>{
      for(const row of table.tBodies[0].rows)row.hidden=!row.textContent.toLowerCase().includes(filter.value.toLowerCase());
    };
    tools.append(filter);
  }
  tools.append(button('CSV',()=>save(name+'.csv','text/csv',csv(table)),{ariaLabel:'CSV of '+name,title:'the rows shown, numbers in base units'}));
  table.parentElement.after(tools);
  for(const cell of all('[data-v]',table))cell.title=cell.dataset.v;
}

// What a mark of a chart stands for, where the pointer is.
const tip=make('div','',{className:'tip',role:'tooltip',hidden:true});
document.body.append(tip);
for(const title of all('svg title')){
  title.parentElement.dataset.tip=title.textContent;
  title.remove();
}
document.onpointerover=event=>{
  const mark=event.target.closest('[data-tip]');
  tip.hidden=!mark;
  if(mark)tip.textContent=mark.dataset.tip;
};
document.onpointermove=event=>{
  if(tip.hidden)return;
  tip.style.left=Math.max(4,Math.min(event.clientX+14,innerWidth-tip.offsetWidth-4))+'px';
  tip.style.top=Math.max(4,event.clientY-tip.offsetHeight-10)+'px';
};

// Legends switch their series off and on.
for(const key of all('.key')){
  const drawing=key.closest('svg');
  drawing.setAttribute('role','group');
  key.setAttribute('role','button');
  key.setAttribute('tabindex','0');
  key.setAttribute('aria-pressed','true');
  key.onclick=()=>{
    const off=key.classList.toggle('off');
    key.setAttribute('aria-pressed',!off);
    for(const mark of all(`[data-s="${key.dataset.s}"]:not(.key)`,drawing))mark.classList.toggle('off-series',off);
  };
  key.onkeydown=event=>{if(event.key==='Enter'||event.key===' '){event.preventDefault();key.onclick()}};
}

// Drawings zoom by buttons, by ctrl and the wheel, and move by dragging.
for(const drawing of all('figure svg')){
  const {width,height}=drawing.viewBox.baseVal;
  let view={x:0,y:0,zoom:1};
  const show=(x,y,zoom)=>{
    zoom=Math.max(1,Math.min(zoom,16));
    const w=width/zoom,h=height/zoom;
    view={x:Math.max(0,Math.min(x,width-w)),y:Math.max(0,Math.min(y,height-h)),zoom};
    drawing.setAttribute('viewBox',`${view.x} ${view.y} ${w} ${h}`);
    drawing.classList.toggle('zoomed',zoom>1);
  };
  const by=(factor,u=.5,v=.5)=>{
    const zoom=Math.max(1,Math.min(view.zoom*factor,16));
    show(view.x+u*width*(1/view.zoom-1/zoom),view.y+v*height*(1/view.zoom-1/zoom),zoom);
  };
  drawing.onwheel=event=>{
    if(!event.ctrlKey)return;
    event.preventDefault();
    const box=drawing.getBoundingClientRect();
    by(event.deltaY<0?1.25:.8,(event.clientX-box.x)/box.width,(event.clientY-box.y)/box.height);
  };
  drawing.onpointermove=event=>{
    if(view.zoom===1||event.buttons!==1)return;
    const scale=width/view.zoom/drawing.getBoundingClientRect().width;
    show(view.x-event.movementX*scale,view.y-event.movementY*scale,view.zoom);
  };
  const name=drawing.getAttribute('aria-label');
  const zoom=make('div','',{className:'zoom'});
  zoom.append(button('+',()=>by(1.5),{ariaLabel:'zoom in: '+name}),button('\u2212',()=>by(1/1.5),{ariaLabel:'zoom out: '+name}),
    button('1:1',()=>show(0,0,1),{ariaLabel:'whole drawing: '+name}));
  drawing.after(zoom);
}

// Where a figure comes from, beside the page instead of at its end.
const dialog=make('dialog','',{ariaLabel:'derivation'});
document.body.append(dialog);
dialog.onclick=event=>{if(event.target===dialog)dialog.close()};
function explain(id){
  const found=document.getElementById(id);
  const shown=[found,document.getElementById(found.dataset.with)].filter(Boolean).map(entry=>{
    const block=make('div','');
    block.append(make('h3',entry.firstElementChild.textContent),...[...entry.children].slice(1).map(child=>child.cloneNode(true)));
    return block;
  });
  dialog.replaceChildren(button('close',()=>dialog.close(),{className:'close'}),...shown);
  if(!dialog.open)dialog.showModal();
  dialog.scrollTop=0;
}
document.onclick=event=>{
  const link=event.target.closest('a.why');
  if(link){event.preventDefault();explain(link.hash.slice(1))}
};
)";
}

}  // namespace chipcast::report
