/** What is left out of every workspace by name alone, whatever its ignore files say. */
import type { SkipReason } from '../protocol/index-status';

/** Files above this size are listed as skipped, never read. */
export const MAX_FILE_BYTES = 1_000_000;

const EXCLUDED_FOLDERS = new Set(
  (
    '.git .hg .svn .jj .bzr CVS node_modules bower_components jspm_packages dist __pycache__ .venv venv .tox .nox ' +
    '.mypy_cache .pytest_cache .ruff_cache .eggs .next .nuxt .svelte-kit .turbo .parcel-cache .nyc_output coverage ' +
    '.gradle .terraform .yarn .pnpm-store .cache .idea .vs .vscode-test .e2e'
  ).split(' '),
);

const EXCLUDED_FILES = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini']);

const LOCK_FILES = new Set(
  (
    'package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb deno.lock composer.lock ' +
    'Gemfile.lock Cargo.lock poetry.lock Pipfile.lock uv.lock pdm.lock go.sum go.work.sum flake.lock mix.lock ' +
    'packages.lock.json Podfile.lock pubspec.lock gradle.lockfile'
  ).split(' '),
);

const BINARY_EXTENSIONS = new Set(
  (
    'png jpg jpeg gif bmp ico icns webp avif tif tiff psd heic mp3 mp4 m4a wav ogg flac avi mov mkv webm ' +
    'ttf otf woff woff2 eot pdf doc docx xls xlsx ppt pptx odt ods odp zip gz tgz bz2 xz zst 7z rar tar jar war ear ' +
    'class pyc pyo pyd so dylib dll exe bin o a lib obj wasm node onnx safetensors gguf pt pth ckpt h5 npy npz pkl ' +
    'parquet arrow feather sqlite sqlite3 db mdb iso dmg deb rpm vsix crx apk ipa whl egg dat'
  ).split(' '),
);

/** Looks at one path segment and, for files, its extension. Undefined: nothing against it. */
export function builtInSkip(name: string, isDirectory: boolean): SkipReason | undefined {
  if (isDirectory) return EXCLUDED_FOLDERS.has(name) ? 'excluded' : undefined;
  // A worktree's `.git` is a file.
  if (EXCLUDED_FILES.has(name) || name === '.git') return 'excluded';
  if (LOCK_FILES.has(name)) return 'generated';
  const lower = name.toLowerCase();
  if (/[.-]min\.(js|mjs|cjs|css|html)$/.test(lower)) return 'minified';
  if (/\.(map|snap)$|\.(pb|pb2|pb2_grpc|g|generated|designer)\.[a-z]+$|_pb2(_grpc)?\.pyi?$/.test(lower)) {
    return 'generated';
  }
  const dot = lower.lastIndexOf('.');
  return dot > 0 && BINARY_EXTENSIONS.has(lower.slice(dot + 1)) ? 'binary' : undefined;
}
