import { expect, it } from 'vitest';
import { evidenceIndex } from '../../../runtime/engine/evidence-index';
import type { WorkspaceIndex } from '../../../runtime/retrieval';

it('reads what the editor has instead of the file, unless the file may not be read or a secret was typed', async () => {
  const files: Record<string, string> = { '/w/a.ts': 'saved' };
  const { read } = evidenceIndex({ read: async (file: string) => files[file] } as unknown as WorkspaceIndex);
  expect(await read('/w/a.ts')).toBe('saved');
  expect(await read('/w/a.ts', 'typed')).toBe('typed');
  expect(await read('/w/a.ts', '')).toBe('');
  expect(await read('/w/.env', 'typed')).toBeUndefined();
  const key = `-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\n`;
  expect(await read('/w/a.ts', `const a = 1;\n${key}`)).toBeUndefined();
});
