import nodePath from 'node:path';

export interface Confinement {
  /** Absolute paths of the workspace folders. */
  folders: readonly string[];
  /** Absolute paths of the documents that are open. */
  openDocuments: readonly string[];
  /** Windows compares paths without regard to case. */
  platform: NodeJS.Platform;
}

/**
 * The path in its plain form, if it lies within a workspace folder or is open in the editor; undefined otherwise. Paths
 * come from the webview and from links, which must not open just any file of the user's.
 */
export function confinePath(
  path: string,
  { folders, openDocuments, platform }: Confinement,
): string | undefined {
  const system = platform === 'win32' ? nodePath.win32 : nodePath.posix;
  if (path.includes('\0') || !system.isAbsolute(path)) return undefined;
  const plain = system.normalize(path);
  const comparable = (value: string) => (platform === 'win32' ? value.toLowerCase() : value);
  if (openDocuments.some((open) => comparable(system.normalize(open)) === comparable(plain))) return plain;
  const inside = folders.some((folder) => {
    const relative = system.relative(comparable(system.normalize(folder)), comparable(plain));
    return (
      relative !== '' &&
      relative !== '..' &&
      !relative.startsWith(`..${system.sep}`) &&
      !system.isAbsolute(relative)
    );
  });
  return inside ? plain : undefined;
}
