/** Finds a Chromium for the end-to-end tests, or installs Debian's. */
import { existsSync } from 'node:fs';
import { env, platform } from 'node:process';
import { installDebianPackages } from './debian.mjs';

const places = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};

/** Path of a Chromium; `LONGVIEW_CHROMIUM` names another one. */
export function findBrowser() {
  if (env.LONGVIEW_CHROMIUM) return env.LONGVIEW_CHROMIUM;
  return (places[platform] ?? []).find((place) => existsSync(place));
}

export async function ensureBrowser() {
  const found = findBrowser();
  if (found !== undefined) return found;
  await installDebianPackages(
    ['chromium'],
    'The end-to-end tests need Chromium; LONGVIEW_CHROMIUM can name another one',
  );
  const installed = findBrowser();
  if (installed === undefined)
    throw new Error('apt-get installed chromium, but there is no /usr/bin/chromium.');
  return installed;
}
