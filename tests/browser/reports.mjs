// Opens every shipped report.html in a browser that has no network, and uses it as readers do:
//
//   npm ci --prefix tests/browser
//   node tests/browser/reports.mjs [--screenshots FOLDER] [REPORT...]
//
// CHIPCAST_CHROMIUM names another browser than Debian's.
import { chromium } from 'playwright-core';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const reports = resolve(here, '../../reports');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const widths = [390, 1280, 1920];
const mostBytes = 3_000_000;
const mostMsToPaint = 1000;

const wanted = process.argv.slice(2);
const at = wanted.indexOf('--screenshots');
const pictures = at < 0 ? null : wanted.splice(at, 2)[1];
if (pictures) mkdirSync(pictures, { recursive: true });

let failures = 0;
let checks = 0;
function check(holds, what) {
  ++checks;
  if (holds) return;
  ++failures;
  console.error(`FAILED: ${what}`);
}

const browser = await chromium.launch({
  executablePath: process.env.CHIPCAST_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});

// A page of its own, whose every message and request is a failure.
async function open(file, options) {
  const context = await browser.newContext({ offline: true, ...options });
  const page = await context.newPage();
  page.on('console', message => check(!['error', 'warning'].includes(message.type()), `${file}: console: ${message.text()}`));
  page.on('pageerror', error => check(false, `${file}: ${error.message}`));
  page.on('request', request => check(/^(file|blob):/.test(request.url()), `${file}: fetches ${request.url()}`));
  await page.goto(pathToFileURL(file).href);
  return { page, close: () => context.close() };
}

// Every alternative is shown once; `look` sees it.
async function eachAlternative(page, look) {
  await look();
  const count = await page.locator('.tabs button').count();
  const seen = new Set();
  for (let i = 0; i < count; ++i) {
    const tab = page.locator('.tabs button').nth(i);
    const name = await tab.textContent();
    if (seen.has(name)) continue;
    seen.add(name);
    await tab.evaluate(button => button.click());
    await look();
  }
}

// Drawings without marks, or with marks that have no extent or lie outside of the paper.
const badDrawings = () => [...document.querySelectorAll('figure svg')].filter(svg => {
  if (!svg.getClientRects().length) return false;  // an alternative that is not shown
  const paper = svg.getBoundingClientRect();
  const marks = [...svg.querySelectorAll('.fill, .stroke')].map(mark => mark.getBoundingClientRect());
  const texts = [...svg.querySelectorAll('text')].map(text => text.getBoundingClientRect());
  const outside = box => box.left < paper.left - 1 || box.right > paper.right + 1 || box.top < paper.top - 1 || box.bottom > paper.bottom + 1;
  return marks.length === 0 || marks.every(box => box.width + box.height === 0) || [...marks, ...texts].some(outside);
}).map(svg => svg.getAttribute('aria-label'));

// What is wider than the window, other than within what scrolls by itself.
const overflowing = () => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll('main *')].filter(element => {
    return element.getBoundingClientRect().right > innerWidth + 1 && !element.closest('.scroll, figure');
  }).slice(0, 3).map(element => element.outerHTML.slice(0, 120)).concat('the page');

async function timeToPaint(page) {
  const painted = await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime);
  return painted.jsonValue();
}

async function looks(file, name, width) {
  const { page, close } = await open(file, { viewport: { width, height: 900 } });
  const where = `${name} at ${width} px`;
  let paint = await timeToPaint(page);
  // A machine that does something else beside this paints late: the best of a few counts.
  for (let again = 0; again < 5 && paint >= mostMsToPaint; ++again) {
    await page.reload();
    paint = Math.min(paint, await timeToPaint(page));
  }
  check(paint < mostMsToPaint, `${where}: first paint after ${paint} ms`);
  await eachAlternative(page, async () => {
    const wide = await page.evaluate(overflowing);
    check(wide.length === 0, `${where}: wider than the window: ${wide}`);
    const bad = await page.evaluate(badDrawings);
    check(bad.length === 0, `${where}: not drawn: ${bad}`);
  });
  for (const theme of pictures ? ['light', 'dark'] : []) {
    await page.emulateMedia({ colorScheme: theme });
    await page.screenshot({ path: join(pictures, `${name}_${width}_${theme}.png`), fullPage: true });
  }
  await close();
}

async function accessible(file, name, colorScheme) {
  const { page, close } = await open(file, { viewport: { width: 1280, height: 900 }, colorScheme });
  await page.evaluate(axe);
  const found = async what => {
    const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
    for (const one of violations.filter(v => ['serious', 'critical'].includes(v.impact)))
      check(false, `${name}, ${colorScheme}, ${what}: ${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')}`);
    check(true, '');
  };
  await found('as it opens');
  const why = page.locator('a.why:visible').first();
  if (await why.count()) {
    await why.click();
    await found('with a derivation');
  }
  await close();
}

const numbers = cells => cells.map(cell => cell.dataset.v !== undefined ? +cell.dataset.v : parseFloat(cell.textContent.replace(/[,<]/g, '')));

async function works(file, name) {
  const { page, close } = await open(file, { viewport: { width: 1280, height: 900 }, colorScheme: 'light' });

  // Sorting, by the pointer and by the keyboard.
  const table = page.locator('.part table:visible', { has: page.locator('th.n') }).filter({ has: page.locator('tbody tr:nth-child(3)') }).first();
  const column = await table.locator('thead th').evaluateAll(heads => heads.findIndex(head => head.classList.contains('n')));
  const heading = table.locator('thead th').nth(column);
  const cells = table.locator(`tbody td:nth-child(${column + 1})`);
  const sorted = async up => (await cells.evaluateAll(numbers)).filter(x => !Number.isNaN(x)).every((x, i, all) => i === 0 || (up ? all[i - 1] <= x : all[i - 1] >= x));
  await heading.locator('button').click();
  check(await sorted(true) && await heading.getAttribute('aria-sort') === 'ascending', `${name}: a click on a heading sorts`);
  await heading.locator('button').press('Enter');
  check(await sorted(false) && await heading.getAttribute('aria-sort') === 'descending', `${name}: Enter sorts the other way`);

  // Filtering, and saving what is left.
  const filter = page.locator('.tools input:visible').first();
  const filtered = page.locator('.part', { has: filter }).first().locator('tbody tr');
  const all = await filtered.count();
  const first = (await filtered.first().locator('td').first().textContent()).trim();
  await filter.fill(first);
  const left = await filtered.filter({ visible: true }).allTextContents();
  check(left.length >= 1 && left.length <= all && left.every(text => text.includes(first)), `${name}: the filter leaves rows with its text`);
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('.part', { has: filter }).first().locator('.tools button').first().click()]);
  const csv = readFileSync(await download.path(), 'utf8').split('\r\n');
  check(csv.length === left.length + 1 && csv[1].includes(first), `${name}: CSV holds the rows shown`);
  await filter.fill('');
  check(await filtered.filter({ visible: true }).count() === all, `${name}: an empty filter shows all`);

  if (await page.locator('figure').count()) await worksOnDrawings(page, name);

  // Themes.
  const paperColour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paperColour();
  await page.locator('nav button').click();
  check(await paperColour() !== light, `${name}: the theme changes`);
  await page.locator('nav button').click();
  check(await paperColour() === light, `${name}: and back`);

  // Alternatives: of each axis, by the pointer and the keyboard, in all sections at once.
  for (const axis of new Set(await page.locator('.tabs').evaluateAll(all => all.map(tabs => tabs.dataset.axis)))) {
    const tabs = page.locator(`.tabs[data-axis="${axis}"]`).first().locator('button');
    const shown = alternative => page.evaluate(([axis, alternative]) => [...document.querySelectorAll(`.part[data-axis="${axis}"]`)]
      .filter(part => [...part.parentElement.querySelectorAll(`.part[data-axis="${axis}"]`)].some(other => other.dataset.alt === alternative))
      .every(part => part.hidden === (part.dataset.alt !== alternative)), [axis, alternative]);
    await tabs.nth(1).click();
    check(await shown(await tabs.nth(1).textContent()), `${name}: tabs of ${axis} switch everywhere`);
    await tabs.nth(1).press('ArrowLeft');
    check(await shown(await tabs.nth(0).textContent()), `${name}: and by arrow keys`);
  }

  // Derivations: what is clicked stands in what opens.
  const links = page.locator('a.why');
  if (await links.count()) {
    const dangling = await links.evaluateAll(all => all.filter(link => !document.getElementById(link.hash.slice(1))).length);
    check(dangling === 0, `${name}: ${dangling} links to no derivation`);
    const link = page.locator('td a.why:visible').first();
    const figureShown = await link.textContent();
    await link.press('Enter');
    const dialog = page.locator('dialog');
    const text = await dialog.textContent();
    check(await dialog.isVisible(), `${name}: a figure opens its derivation`);
    for (const part of ['latency', 'energy', 'x', 'figure', 'where from'])
      check(text.includes(part), `${name}: the derivation of ${figureShown} speaks of ${part}`);
    await page.keyboard.press('Escape');
    check(!await dialog.isVisible(), `${name}: Escape closes it`);
    check(await link.evaluate(one => document.activeElement === one), `${name}: and the figure has the focus again`);
  }

  // On paper all alternatives stand, and no buttons.
  await page.emulateMedia({ media: 'print' });
  check(await page.locator('.part:visible').count() === await page.locator('.part').count(), `${name}: paper shows all alternatives`);
  check(await page.locator('main button:visible').count() === await page.locator('thead button:visible').count(), `${name}: and no buttons`);
  await close();
}

async function worksOnDrawings(page, name) {
  // Hovering.
  const mark = page.locator('figure svg:visible [data-tip]').first();
  await mark.scrollIntoViewIfNeeded();
  await mark.hover();
  const tip = page.locator('.tip');
  check(await tip.isVisible() && await tip.textContent() === await mark.getAttribute('data-tip'), `${name}: a mark says what it stands for`);
  await page.mouse.move(0, 0);
  check(!await tip.isVisible(), `${name}: and no more when the pointer leaves`);

  // Legends.
  const key = page.locator('figure svg:visible .key').first();
  if (await key.count()) {
    const drawing = page.locator('figure svg:visible', { has: page.locator('.key') }).first();
    const series = await key.getAttribute('data-s');
    const hidden = () => drawing.locator(`[data-s="${series}"]:not(.key)`).evaluateAll(marks => marks.length > 0 && marks.every(mark => getComputedStyle(mark).display === 'none'));
    await key.click();
    check(await hidden() && await key.getAttribute('aria-pressed') === 'false', `${name}: a legend hides its series`);
    await key.press('Enter');
    check(!await hidden() && await key.getAttribute('aria-pressed') === 'true', `${name}: and Enter shows it again`);
  }

  // Zooming.
  const figure = page.locator('figure:visible').first();
  const box = () => figure.locator('svg').getAttribute('viewBox');
  const whole = await box();
  await figure.hover();
  await figure.locator('.zoom button').nth(0).click();
  const closer = await box();
  check(+closer.split(' ')[2] < +whole.split(' ')[2], `${name}: a drawing zooms`);
  const paper = await figure.locator('svg').boundingBox();
  await page.mouse.move(paper.x + paper.width / 2, paper.y + paper.height / 2);
  await page.mouse.down();
  await page.mouse.move(paper.x + paper.width / 2 - 40, paper.y + paper.height / 2 - 10, { steps: 4 });
  await page.mouse.up();
  check(await box() !== closer, `${name}: and moves`);
  await figure.locator('.zoom button').nth(2).press('Enter');
  check(await box() === whole.replace(/^0 0/, '0 0'), `${name}: and is whole again`);
}

async function worksWithoutScript(file, name) {
  const { page, close } = await open(file, { javaScriptEnabled: false });
  check(await page.locator('.part:visible').count() === await page.locator('.part').count(), `${name}: without a script everything is shown`);
  await close();
}

const names = readdirSync(reports).filter(name => existsSync(join(reports, name, 'report.html')) && (!wanted.length || wanted.includes(name)));
check(names.length > 0, 'there are no reports');
for (const name of names) {
  const file = join(reports, name, 'report.html');
  const bytes = statSync(file).size;
  check(bytes <= mostBytes, `${name}: ${bytes} bytes`);
  for (const width of widths) await looks(file, name, width);
  for (const theme of ['light', 'dark']) await accessible(file, name, theme);
  await works(file, name);
  await worksWithoutScript(file, name);
}
await browser.close();
console.log(`${names.length} reports, ${checks} checks, ${failures} failed`);
process.exit(failures ? 1 : 0);
