import { mkdirSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cudaEnvironment, findCuda, type CudaLibraries } from '../../../../runtime/engine/providers/cuda';
import { temporaryFolder } from '../../fixtures/model-folder';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => folder.remove());

const place = (name: string) => path.join(folder.path, name);
const runtime = () => ({ version: '1.30.0', folder: place('runtime') });
const find = (named = '', platform = 'linux x64') => findCuda(runtime(), named, platform);
const environment = (named = '') => cudaEnvironment(runtime(), find(named) as CudaLibraries, place('links'));

function write(...files: string[]): void {
  for (const file of files) {
    mkdirSync(path.dirname(place(file)), { recursive: true });
    writeFileSync(place(file), file.endsWith('VERSION_NUMBER') ? '1.29.1\n' : '');
  }
}

describe('CUDA’s libraries', () => {
  it('where there are none, are described', () => {
    expect(find()).toEqual({
      reason: expect.stringMatching(
        /^CUDA needs libonnxruntime_providers_cuda\.so .* of ONNX Runtime 1\.30\.0 in .*runtime or in the folder that "longview\.engine\.cudaFolder" names: .*gpu-1\.30\.0\.tgz/,
      ) as string,
    });
    expect(find(place('empty'))).toEqual({ reason: expect.stringContaining(place('empty')) as string });
    expect(find('', 'win32 x64')).toEqual({ reason: expect.stringContaining('win32 x64') as string });
  });

  it('are taken from beside the runtime as they are', () => {
    write('runtime/libonnxruntime_providers_cuda.so');
    expect(environment()).toEqual({});
  });

  it('are linked together with the runtime where they lie elsewhere', () => {
    write('cuda/lib/libonnxruntime_providers_cuda.so', 'cuda/lib/libonnxruntime.so.1.30.0');
    const named = place('cuda/lib');
    expect(find(named)).toEqual({ folder: named, key: expect.stringContaining(named) as string });
    for (let i = 0; i < 2; i++)
      expect(environment(named).LD_LIBRARY_PATH).toContain(`${place('links')}:${named}`);
    expect(readlinkSync(place('links/libonnxruntime.so.1'))).toBe(place('runtime/libonnxruntime.so.1'));
    expect(readlinkSync(place('links/libonnxruntime_providers_cuda.so'))).toContain(named);
  });

  it.each(['cuda/VERSION_NUMBER', 'cuda/lib/VERSION_NUMBER', 'cuda/lib/libonnxruntime.so.1.29.1'])(
    'of another version (%s) are not taken',
    (file) => {
      write('cuda/lib/libonnxruntime_providers_cuda.so', file);
      expect(find(place('cuda/lib'))).toEqual({
        reason: expect.stringMatching(
          /is of version 1\.29\.1, the runtime of 1\.30\.0\. CUDA needs/,
        ) as string,
      });
    },
  );
});
