import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

const extensionId = 'longview.longview';

/**
 * The folder that editor and command line share: the extension's global storage where an editor has made it, else a
 * folder of the command line's own. `--data` and LONGVIEW_DATA name another.
 */
export function defaultDataFolder(
  env: NodeJS.ProcessEnv = process.env,
  home = homedir(),
  exists = existsSync,
): string {
  if (env.LONGVIEW_DATA) return env.LONGVIEW_DATA;
  const found = editorStorages(env, home).find((folder) => exists(folder));
  return found ?? path.join(env.XDG_DATA_HOME ?? path.join(home, '.local', 'share'), 'longview');
}

function editorStorages(env: NodeJS.ProcessEnv, home: string): string[] {
  const config =
    process.platform === 'win32'
      ? (env.APPDATA ?? path.join(home, 'AppData', 'Roaming'))
      : process.platform === 'darwin'
        ? path.join(home, 'Library', 'Application Support')
        : (env.XDG_CONFIG_HOME ?? path.join(home, '.config'));
  const desktop = ['Code', 'Code - Insiders', 'VSCodium'].map((product) =>
    path.join(config, product, 'User'),
  );
  const servers = [
    path.join(home, '.vscode-server', 'data', 'User'),
    path.join(home, '.local', 'share', 'code-server', 'User'),
  ];
  return [...desktop, ...servers].map((user) => path.join(user, 'globalStorage', extensionId));
}
