import { describe, expect, it } from 'vitest';
import { defaultDataFolder } from '../../../runtime/cli/data-folder';
import { table } from '../../../runtime/cli/output';

describe('table', () => {
  it('aligns words to the left and numbers to the right', () => {
    expect(
      table([
        ['name', 'n'],
        ['a', 5],
        ['long name', 1234],
        ['b', undefined],
      ]),
    ).toBe('name       n\na             5\nlong name  1234\nb          -');
  });
});

describe('defaultDataFolder', () => {
  const home = '/home/ada';

  it('is the one that the user names', () => {
    expect(defaultDataFolder({ LONGVIEW_DATA: '/data' }, home, () => true)).toBe('/data');
  });

  it('is the storage of an editor that has one, so that both share an index', () => {
    const code = '/home/ada/.config/Code/User/globalStorage/longview.longview';
    expect(defaultDataFolder({}, home, (folder) => folder === code)).toBe(
      process.platform === 'linux' ? code : expect.any(String),
    );
  });

  it('is a folder of its own without an editor', () => {
    expect(defaultDataFolder({}, home, () => false)).toBe('/home/ada/.local/share/longview');
  });
});
