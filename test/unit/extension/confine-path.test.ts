import { describe, expect, it } from 'vitest';
import { confinePath } from '../../../extension/navigation/confine-path';

const posix = { folders: ['/home/me/project'], openDocuments: ['/etc/hosts'], platform: 'linux' as const };
const windows = { folders: ['C:\\Code\\Project'], openDocuments: [], platform: 'win32' as const };

describe('confinePath', () => {
  it.each([
    ['/home/me/project/a.ts', '/home/me/project/a.ts'],
    ['/home/me/project/x/../a.ts', '/home/me/project/a.ts'],
    ['/home/me/project/..a', '/home/me/project/..a'],
    ['/etc/hosts', '/etc/hosts'],
  ])('allows %s', (path, plain) => {
    expect(confinePath(path, posix)).toBe(plain);
  });

  it.each([
    '/home/me/project',
    '/home/me/project/../secret',
    '/home/me/project-2/a.ts',
    '/etc/passwd',
    'a.ts',
    '/home/me/project/a\0.ts',
    '',
  ])('refuses %j', (path) => {
    expect(confinePath(path, posix)).toBeUndefined();
  });

  it('compares Windows paths without regard to case, and keeps to the drive', () => {
    expect(confinePath('c:\\code\\project\\a.ts', windows)).toBe('c:\\code\\project\\a.ts');
    expect(confinePath('D:\\code\\project\\a.ts', windows)).toBeUndefined();
  });
});
