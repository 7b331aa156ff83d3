// The two pictures of the README, of a shipped report in light and dark: node tests/browser/pictures.mjs
import { chromium } from 'playwright-core';
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const reports = resolve(dirname(fileURLToPath(import.meta.url)), '../../reports');
const browser = await chromium.launch({
  executablePath: process.env.CHIPCAST_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});

mkdirSync(join(reports, 'pictures'), { recursive: true });
for (const { theme, section, device } of [
  { theme: 'light', section: 'latency', device: 'kpu_t2' },
  { theme: 'dark', section: 'energy', device: 'kpu_t100' },
]) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 }, colorScheme: theme });
  await page.goto(pathToFileURL(join(reports, 'mobilenet_efficientnet/report.html')).href);
  await page.locator(`#${section} .tabs button`, { hasText: new RegExp(`^${device}$`) }).click();
  await page.evaluate(id => {
    document.documentElement.style.scrollBehavior = 'auto';
    document.getElementById(id).scrollIntoView();
  }, section);
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(reports, 'pictures', `${theme}.png`) });
}
await browser.close();
