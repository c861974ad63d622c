import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPathRules } from '../../../runtime/retrieval/path-rules';
import { expandBraces, globToIgnorePatterns } from '../../../runtime/retrieval/editor-globs';
import { holdsSecret, isSecretName } from '../../../runtime/retrieval/secrets';
import { tempFolder, write } from './temp-folder';

const skipped = (verdict: unknown) => (verdict as { skipped?: string }).skipped;

describe('createPathRules', () => {
  it('names the reason for each kind of path', () => {
    const root = tempFolder({ '.gitignore': 'out.ts\n', '.longviewignore': 'big/\n', '.ignore': '*.gen\n' });
    const rules = createPathRules(root, { excludeGlobs: ['**/legacy', 'top.ts', '**/*.{tmp,bak}'] });
    const verdict = (file: string) => skipped(rules.verdict(path.join(root, file)));
    expect(verdict('src/a.ts')).toBeUndefined();
    expect(verdict('out.ts')).toBe('ignored');
    expect(verdict('big/a.ts')).toBe('ignored');
    expect(verdict('x.gen')).toBe('ignored');
    expect(verdict('node_modules/p/index.js')).toBe('excluded');
    expect(verdict('src/legacy/a.ts')).toBe('excluded');
    expect(verdict('top.ts')).toBe('excluded');
    expect(verdict('src/top.ts')).toBeUndefined();
    expect(verdict('src/x.bak')).toBe('excluded');
    expect(verdict('.env.local')).toBe('secret');
    expect(verdict('.ssh/config')).toBe('secret');
    expect(verdict('package-lock.json')).toBe('generated');
    expect(verdict('app.min.js')).toBe('minified');
    expect(verdict('logo.PNG')).toBe('binary');
    expect(skipped(rules.verdict(path.join(root, '..', 'elsewhere.ts')))).toBe('outside');
  });

  it('never lets an ignore file bring a secret back', () => {
    const root = tempFolder({ '.gitignore': '!.env\n!id_rsa\n', '.longviewignore': '!.env\n' });
    const rules = createPathRules(root);
    expect(skipped(rules.verdict(path.join(root, '.env')))).toBe('secret');
    expect(skipped(rules.verdict(path.join(root, 'id_rsa')))).toBe('secret');
  });

  it('judges what a symbolic link leads to', () => {
    const other = tempFolder({ 'x.ts': '', 'sub/y.ts': '' });
    const root = tempFolder({ '.env': 'A=1', 'real/a.ts': '' });
    symlinkSync(path.join(other, 'x.ts'), path.join(root, 'x.ts'));
    symlinkSync(path.join(other, 'sub'), path.join(root, 'sub'));
    symlinkSync(path.join(root, '.env'), path.join(root, 'notes.txt'));
    symlinkSync(path.join(root, 'real'), path.join(root, 'alias'));
    const verdict = (file: string) => skipped(createPathRules(root).verdict(path.join(root, file)));
    expect(verdict('x.ts')).toBe('outside');
    expect(verdict('sub/y.ts')).toBe('outside');
    expect(verdict('notes.txt')).toBe('secret');
    expect(verdict('alias/a.ts')).toBeUndefined();
  });

  it('reads changed ignore files after invalidate', () => {
    const root = tempFolder({ '.gitignore': 'a.ts\n' });
    const rules = createPathRules(root);
    expect(skipped(rules.verdict(path.join(root, 'b.ts')))).toBeUndefined();
    write(root, '.gitignore', 'b.ts\n');
    rules.invalidate();
    expect(skipped(rules.verdict(path.join(root, 'b.ts')))).toBe('ignored');
    expect(skipped(rules.verdict(path.join(root, 'a.ts')))).toBeUndefined();
  });

  it('shows a folder that the repository around it ignores to whoever opens it', () => {
    const root = tempFolder({
      '.git/HEAD': '',
      '.gitignore': 'build/\n',
      'build/a.ts': '',
      'build/.gitignore': 'b.ts\n',
    });
    const rules = createPathRules(path.join(root, 'build'));
    expect(skipped(rules.verdict(path.join(root, 'build/a.ts')))).toBeUndefined();
    expect(skipped(rules.verdict(path.join(root, 'build/b.ts')))).toBe('ignored');
  });
});

describe('secrets', () => {
  it('are known by name', () => {
    for (const name of [
      '.env',
      '.env.production',
      'prod.env',
      'server.pem',
      'id_ed25519',
      'id_rsa.old',
      '.npmrc',
      'credentials',
      'credentials.json',
      'service-account.prod.json',
      'release.keystore',
      '.netrc',
      'terraform.tfstate',
    ]) {
      expect(isSecretName(name, false), name).toBe(true);
    }
    for (const name of [
      'credentials.ts',
      'environment.ts',
      'keys.py',
      'secret-santa.md',
      'id.ts',
      'monkey.ts',
      'token.ts',
    ]) {
      expect(isSecretName(name, false), name).toBe(false);
    }
  });

  it('are known by an armoured private key, not by its mention', () => {
    const body = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7';
    expect(holdsSecret(`-----BEGIN RSA PRIVATE KEY-----\n${body}\n`)).toBe(true);
    expect(holdsSecret(`x\n-----BEGIN OPENSSH PRIVATE KEY-----\r\n${body}\r\n`)).toBe(true);
    expect(holdsSecret("if (text.startsWith('-----BEGIN PRIVATE KEY-----')) return;")).toBe(false);
  });
});

describe('editor globs', () => {
  it('become ignore patterns', () => {
    expect(expandBraces('a{b,{c,d}}e')).toEqual(['abe', 'ace', 'ade']);
    expect(expandBraces('a{b')).toEqual(['a{b']);
    expect(globToIgnorePatterns('**/*.{js,map}')).toEqual(['/**/*.js', '/**/*.map']);
    expect(globToIgnorePatterns('!odd')).toEqual(['/!odd']);
  });
});
