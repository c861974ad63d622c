/**
 * Variables of the extension host that would change how the engine starts: a debugger's, a profiler's or a loader's
 * options meant for the host itself.
 */
const hostOnly = new Set([
  'NODE_OPTIONS',
  'NODE_CHANNEL_FD',
  'VSCODE_INSPECTOR_OPTIONS',
  'ELECTRON_RUN_AS_NODE',
]);

/**
 * glibc raises these limits by itself after a few large blocks were freed, and then keeps what a model gives back when
 * it is unloaded. Named, they stay: after unloading 137 MB remain resident instead of 277. Each of its arenas keeps holes of
 * its own, and threads get new ones: two are enough for the engine's few allocating threads. No effect elsewhere.
 */
const returnsMemory = {
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
  MALLOC_ARENA_MAX: '2',
};

/** The environment in which the engine runs: the host's, less what is meant for the host alone. */
export function launchEnvironment(
  host: Readonly<Record<string, string | undefined>>,
  underElectron: boolean,
): Record<string, string> {
  const environment: Record<string, string> = { ...returnsMemory };
  for (const [name, value] of Object.entries(host)) {
    if (value !== undefined && !hostOnly.has(name)) environment[name] = value;
  }
  // In desktop VS Code the executable is Electron, which is a plain Node only when told so.
  if (underElectron) environment.ELECTRON_RUN_AS_NODE = '1';
  return environment;
}
