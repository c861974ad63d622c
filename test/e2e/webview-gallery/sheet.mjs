/** One picture of many, with their names, to look at a theme as a whole. */
import { readFile } from 'node:fs/promises';

export async function contactSheet(browser, pictures, width, file) {
  const page = await browser.newPage({
    viewport: { width: (width + 16) * Math.min(6, pictures.length) + 16, height: 400 },
  });
  const cells = await Promise.all(
    pictures.map(
      async ({ name, picture }) =>
        `<figure><figcaption>${name}</figcaption><img src="data:image/png;base64,${(await readFile(picture)).toString('base64')}"></figure>`,
    ),
  );
  await page.setContent(
    `<style>body{margin:8px;background:#777;font:12px sans-serif;display:flex;flex-wrap:wrap}figure{margin:8px}img{display:block}</style>${cells.join('')}`,
  );
  await page.screenshot({ path: file, fullPage: true });
  await page.close();
}
