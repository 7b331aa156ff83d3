// Lints the Markdown of the shipped reports and of this project, and holds that every picture it names is there.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lint } from 'markdownlint/sync';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const reports = join(root, 'reports');
const files = readdirSync(reports)
  .flatMap(name => [join(reports, name, 'report.md'), join(reports, name, 'README.md')])
  .concat(join(reports, 'README.md'), join(root, 'README.md'), join(root, 'src/README.md'))
  .filter(existsSync);

// Long lines, tables as wide as their cells and indented commands are how this project writes.
const config = { default: true, MD013: false, MD046: false, MD060: false };
const results = lint({ files, config });
let failures = 0;
for (const [file, problems] of Object.entries(results)) {
  for (const problem of problems) {
    ++failures;
    console.error(`${relative(root, file)}:${problem.lineNumber}: ${problem.ruleNames[0]}: ${problem.ruleDescription}${problem.errorDetail ? `: ${problem.errorDetail}` : ''}`);
  }
}
for (const file of files) {
  for (const [, picture] of readFileSync(file, 'utf8').matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)) {
    if (existsSync(join(dirname(file), picture))) continue;
    ++failures;
    console.error(`${relative(root, file)}: no picture ${picture}`);
  }
}
console.log(`${files.length} Markdown files, ${failures} problems`);
process.exit(failures ? 1 : 0);
