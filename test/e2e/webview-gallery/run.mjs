/* global process, console, setTimeout, document, window, requestAnimationFrame */
/**
 * Draws every state of the side bar's view in VS Code's four default themes and two widths, keeps the pictures in
 * test-results/webview-gallery, and fails on console errors, breaches of the content security policy, unreadable
 * text, sideways overflow, or keyboard and message behaviour that is not as promised.
 *
 *   node test/e2e/webview-gallery/run.mjs [--only NAME-PART]     after the webview has been built
 */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { behaviours } from './behaviours.mjs';
import { overflowing, unreadableText } from './inspect.mjs';
import { root, serve } from './page.mjs';
import { contactSheet } from './sheet.mjs';
import { states } from './states.mjs';
import { themes } from './themes.mjs';

/** Every state in a narrow side bar, the fullest ones in a wide one as well. */
const widths = [
  [300, () => true],
  [
    480,
    (name) =>
      ['ask-notes', 'ask-written', 'ask-conversation', 'summary-generating', 'completions-three'].includes(
        name,
      ),
  ],
];
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : '';
const output = path.join(root, 'test-results/webview-gallery');
const problems = [];

const site = await serve();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  chromiumSandbox: false,
  args: ['--headless=new'],
});

/** A page that writes down whatever goes wrong on it, under the label of the moment. */
async function open({ theme, width, height = 860, label }) {
  const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: 1 });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const tag = { label };
  page.on(
    'console',
    (message) => message.type() === 'error' && problems.push(`${tag.label}: console: ${message.text()}`),
  );
  page.on('pageerror', (error) => problems.push(`${tag.label}: ${error.message}`));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(
        `policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`,
      );
    });
  });
  const start = (how = '') => page.goto(`${site.origin}/?theme=${theme}${how}`);
  await start();
  const say = async (messages) => {
    await page.evaluate((list) => list.forEach((message) => window.postMessage(message, '*')), messages);
    await page.evaluate(
      () => new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)))),
    );
  };
  return { page, say, tag, start, close: () => context.close() };
}

async function drawAll() {
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  for (const theme of Object.keys(themes)) {
    for (const [width, shown] of widths) {
      const pictures = [];
      const { page, say, tag, start, close } = await open({ theme, width, label: `${theme} ${width}` });
      for (const [name, messages] of Object.entries(states)) {
        if (!name.includes(only) || !shown(name)) continue;
        tag.label = `${theme} ${width} ${name}`;
        await start('&fresh');
        await say(messages);
        const found = [...(await page.evaluate(unreadableText)), ...(await page.evaluate(overflowing))];
        problems.push(...found.map((text) => `${tag.label}: ${text}`));
        const picture = path.join(output, `${theme}-${width}-${name}.png`);
        await page.screenshot({ path: picture });
        pictures.push({ name, picture });
      }
      await close();
      if (pictures.length > 0)
        await contactSheet(browser, pictures, width, path.join(output, `sheet-${theme}-${width}.png`));
    }
  }
}

let checks = 0;
try {
  await drawAll();
  for (const [name, behave] of Object.entries(behaviours)) {
    if (only !== '' && !name.includes(only)) continue;
    checks++;
    try {
      await behave((options = {}) => open({ theme: 'dark-modern', width: 300, label: name, ...options }));
    } catch (error) {
      problems.push(`${name}: ${error.message}`);
    }
  }
} finally {
  await browser.close();
  site.close();
}

for (const problem of new Set(problems)) console.error(`✗ ${problem}`);
console.log(
  `${Object.keys(states).length} states, ${Object.keys(themes).length} themes, ${widths.length} widths, ${checks} behaviours: ${problems.length === 0 ? 'all well' : `${problems.length} problems`}`,
);
console.log(`pictures in ${path.relative(process.cwd(), output)}`);
process.exitCode = problems.length === 0 ? 0 : 1;
