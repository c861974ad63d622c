/** A window in a process of its own: says which engine it has come to, and stays. */
import { openWindow, type WindowOptions } from './windows';

async function main(): Promise<void> {
  const window = openWindow(JSON.parse(process.argv[2]!) as WindowOptions);
  await window.setAllowed(true);
  await window.ensureStarted();
  console.log(window.pid);
  setInterval(() => undefined, 60_000);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
