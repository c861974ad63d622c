/** Debian packages that tests and the browser editor need, installed only where they are missing. */
import { existsSync } from 'node:fs';
import { getuid, platform } from 'node:process';
import { cleanEnv, hasProgram, run } from './process.mjs';

/**
 * Installs `packages` through apt-get, as root or through a sudo that asks nothing.
 * Throws an error that names the command to run by hand where neither is possible.
 */
export async function installDebianPackages(packages, why) {
  const byHand = `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  const refuse = (reason) =>
    new Error(`${why}: ${packages.join(', ')} missing, and ${reason}. Run by hand: ${byHand}`);
  if (platform !== 'linux' || !existsSync('/usr/bin/apt-get')) throw refuse('this system has no apt-get');
  const prefix = await privilege();
  if (prefix === undefined) throw refuse('installing needs root or a sudo without a password');
  console.log(`Installing ${packages.join(', ')} (${why})`);
  const aptGet = (args) => {
    const [command, ...rest] = [...prefix, 'apt-get', ...args];
    return run(command, rest, { tee: false, env: cleanEnv({ DEBIAN_FRONTEND: 'noninteractive' }) });
  };
  await aptGet(['update', '-q']);
  await aptGet(['install', '-y', '-q', '--no-install-recommends', ...packages]);
}

async function privilege() {
  if (getuid?.() === 0) return [];
  return (await hasProgram('sudo', ['-n', 'true'])) ? ['sudo', '-n'] : undefined;
}
