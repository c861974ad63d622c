/** The platforms that Longview is packaged for, by the marketplace's names. */

/**
 * `libsql`: the package that holds libSQL's binary, undefined where none exists; there the editor's own node:sqlite
 * serves alone.
 */
export const targets = {
  'linux-x64': { os: 'linux', arch: 'x64', libsql: '@libsql/linux-x64-gnu' },
  'linux-arm64': { os: 'linux', arch: 'arm64', libsql: '@libsql/linux-arm64-gnu' },
  'win32-x64': { os: 'win32', arch: 'x64', libsql: '@libsql/win32-x64-msvc' },
  'win32-arm64': { os: 'win32', arch: 'arm64', libsql: undefined },
  'darwin-arm64': { os: 'darwin', arch: 'arm64', libsql: '@libsql/darwin-arm64' },
};

export function targetNamed(name) {
  const target = targets[name];
  if (target === undefined)
    throw new Error(`Unknown target "${name}"; Longview is packaged for ${Object.keys(targets).join(', ')}.`);
  return { name, ...target };
}

/** The target of this machine, or undefined where Longview has none. */
export function targetOfThisMachine() {
  const name = `${process.platform}-${process.arch}`;
  return name in targets ? name : undefined;
}
