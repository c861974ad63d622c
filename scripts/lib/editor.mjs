/**
 * A real VS Code that runs in a browser: code-server and the Node.js that it wants, both from the npm registry, in a
 * folder of their own (`.e2e/`). They are no devDependencies: code-server refuses to install under another major
 * version of Node.js than its own, and would add 600 MB to every `npm ci`.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { arch, env, pid, platform } from 'node:process';
import { installDebianPackages } from './debian.mjs';
import { editorHome } from './paths.mjs';
import { cleanEnv, hasProgram, npm, run } from './process.mjs';

const nodeVersion = '24.21.0';
const codeServerVersion = '4.139.1';
/** Raised when the steps below change, so that an older installation is made anew. */
const recipe = 1;

const name = `code-server-${codeServerVersion}-node-${nodeVersion}-r${recipe}`;
const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];

/**
 * Installs the editor unless it is there.
 * @param {{strict: boolean}} options strict: also fail where the editor would run without log files.
 * @returns {Promise<{node: string, entry: string}>} program and script that start code-server.
 */
export async function ensureEditor({ strict }) {
  const nodePackage = nodePackageName();
  const target = path.join(editorHome, name);
  if (!existsSync(path.join(target, 'complete'))) {
    console.log('Setting up the browser editor (code-server, about a minute, once)');
    // Made beside its place and moved there whole, so that an interrupted set-up leaves nothing half done.
    const draft = path.join(editorHome, `draft-${pid}`);
    await rm(draft, { recursive: true, force: true });
    try {
      await install(draft, nodePackage, strict);
      await removeOthers();
      await rename(draft, target);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
  return locate(target, nodePackage);
}

function nodePackageName() {
  const supported = ['linux-x64', 'linux-arm64', 'darwin-arm64'];
  const here = `${platform}-${arch}`;
  if (!supported.includes(here)) {
    throw new Error(
      `The browser editor runs on ${supported.join(', ')}, not on ${here}. Install VS Code, with its command "code" in PATH, instead.`,
    );
  }
  return `node-${here}`;
}

function locate(folder, nodePackage) {
  return {
    node: path.join(folder, 'node/node_modules', nodePackage, 'bin/node'),
    entry: path.join(folder, 'code-server/node_modules/code-server/out/node/entry.js'),
  };
}

async function install(folder, nodePackage, strict) {
  const nodeFolder = path.join(folder, 'node');
  const serverFolder = path.join(folder, 'code-server');
  for (const each of [nodeFolder, serverFolder]) {
    await mkdir(each, { recursive: true });
    await writeFile(path.join(each, 'package.json'), '{"private":true}\n');
  }
  await npm(['install', ...quiet, '--ignore-scripts', `${nodePackage}@${nodeVersion}`], {
    cwd: nodeFolder,
    tee: false,
  });
  // From here on npm itself runs under that Node.js, and native modules are built with its headers.
  const nodeRoot = path.join(nodeFolder, 'node_modules', nodePackage);
  const editorEnv = cleanEnv({
    PATH: `${path.join(nodeRoot, 'bin')}${path.delimiter}${env.PATH}`,
    npm_config_nodedir: nodeRoot,
  });
  const inServer = (args, cwd) => npm(args, { cwd, env: editorEnv, tee: false });

  // Its install script would build eight native modules, of which the workbench needs the two below.
  await inServer(['install', ...quiet, '--ignore-scripts', `code-server@${codeServerVersion}`], serverFolder);
  const code = path.join(serverFolder, 'node_modules/code-server/lib/vscode');
  await inServer(['install', ...quiet, '--omit=dev', '--ignore-scripts'], code);
  await inServer(['install', ...quiet, '--omit=dev', '--ignore-scripts'], path.join(code, 'extensions'));
  await buildNativeModules(inServer, code, strict);

  const { node, entry } = locate(folder, nodePackage);
  await run(node, [entry, '--config', '/dev/null', '--version'], { tee: false });
  await writeFile(path.join(folder, 'complete'), `${name}\n`);
}

/** Without @vscode/spdlog the editor works but writes no logs, and output channels stay empty. */
async function buildNativeModules(inServer, code, strict) {
  try {
    await ensureCompiler();
    await inServer(['rebuild', '--loglevel=error', '@vscode/spdlog', '@vscode/native-watchdog'], code);
    if (!existsSync(path.join(code, 'node_modules/@vscode/spdlog/build/Release/spdlog.node')))
      throw new Error('spdlog.node was not built');
  } catch (error) {
    if (strict) throw error;
    console.warn(`The editor will run without output channels: ${error.message}`);
  }
}

async function ensureCompiler() {
  const missing = [];
  if (!(await hasProgram('g++')) || !(await hasProgram('make'))) missing.push('build-essential');
  if (!(await hasProgram('python3'))) missing.push('python3');
  if (missing.length > 0) await installDebianPackages(missing, 'The browser editor builds a native module');
}

async function removeOthers() {
  for (const entry of await readdir(editorHome)) {
    if (entry.startsWith('code-server-'))
      await rm(path.join(editorHome, entry), { recursive: true, force: true });
  }
}
