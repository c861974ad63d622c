import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { downloadModel } from '../../../runtime/hub/download';
import { planDownload } from '../../../runtime/hub/plan';
import { proxyFetch } from '../../../runtime/hub/proxy-fetch';
import { startHub, type HubServer } from '../fixtures/hub-server';
import { temporaryFolder, writeTinyModel } from '../fixtures/model-folder';
import { startProxy, type ProxyServer } from '../fixtures/proxy-server';
import { selfSigned } from '../fixtures/self-signed';

const host = 'hub.longview.test';
const credentials = `Basic ${Buffer.from('me:a b').toString('base64')}`;
let root: ReturnType<typeof temporaryFolder>;
let hub: HubServer;
let proxy: ProxyServer;
beforeEach(async () => {
  root = temporaryFolder();
});
afterEach(async () => {
  await proxy?.close();
  await hub?.close();
  root.remove();
});

/** A hub that is known to the proxy alone. */
async function behindProxy(secure?: { key: string; cert: string }) {
  const folder = path.join(root.path, 'tiny');
  writeTinyModel(folder);
  const names = readdirSync(folder);
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(path.join(folder, name))]));
  hub = await startHub('owner/tiny', files, secure);
  proxy = await startProxy(hub.address);
  return files;
}

test('a model comes through a proxy that is asked for each address', async () => {
  const files = await behindProxy();
  const options = { hub: `http://${host}`, fetch: proxyFetch({ HTTP_PROXY: proxy.address }) };
  const plan = await planDownload('owner/tiny', options);
  const folder = await downloadModel(plan, { ...options, downloads: root.path });
  expect(readFileSync(path.join(folder, 'model.safetensors'))).toEqual(files['model.safetensors']);
  expect(proxy.asked.length).toBeGreaterThan(3);
  for (const each of proxy.asked) expect(each).toMatch(/^GET http:\/\/hub\.longview\.test\//);
});

test('the command line goes through HTTPS_PROXY, and trusts NODE_EXTRA_CA_CERTS', async () => {
  const secure = selfSigned(host);
  await behindProxy(secure);
  const certificates = path.join(root.path, 'extra.pem');
  writeFileSync(certificates, secure.cert);
  const repository = path.join(import.meta.dirname, '../../..');
  const command = ['--import', 'tsx', 'runtime/cli/main.ts', 'models', 'add', 'owner/tiny', '--yes'];
  const places = ['--hub', `https://${host}`, '--data', path.join(root.path, 'data')];
  const add = (env: Record<string, string>) =>
    promisify(execFile)(process.execPath, [...command, ...places], {
      cwd: repository,
      env: { ...process.env, HTTPS_PROXY: proxy.address, ...env },
    });
  await expect(add({})).rejects.toThrow(
    /could not be fetched from https:\/\/hub\.longview\.test \(self-signed/,
  );
  const { stdout } = await add({ NODE_EXTRA_CA_CERTS: certificates });
  expect(stdout).toMatch(/added owner--tiny/);
  expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${host}:443`]));
}, 60_000);

test('a proxy that wants to know the user is told', async () => {
  await behindProxy();
  proxy.credentials = credentials;
  const ask = (address: string, url: string) =>
    proxyFetch({ http_proxy: address, https_proxy: address })!(url);
  const known = proxy.address.replace('//', '//me:a%20b@');
  const place = `${host}/api/models/owner/tiny/revision/HEAD`;
  expect((await ask(known, `http://${place}`)).status).toBe(200);
  expect((await ask(proxy.address, `http://${place}`)).status).toBe(407);
  const cause = (error: unknown) => ((error as Error).cause as Error).message;
  const refused = ask(proxy.address, `https://${place}`);
  await expect(refused.catch((error: unknown) => cause(error))).resolves.toMatch(
    /does not connect to hub\.longview\.test:443: it answered 407/,
  );
});

test('what was named for one host is not told to another, and redirects are followed through the proxy', async () => {
  let server: Server | undefined;
  try {
    server = createServer((request, response) => {
      const { pathname } = new URL(request.url!, `http://${host}`);
      if (pathname === '/old') response.writeHead(302, { location: '/new' }).end();
      else if (pathname === '/new')
        response.writeHead(307, { location: 'http://store.longview.test/file' }).end();
      else if (pathname === '/round') response.writeHead(302, { location: '/round' }).end();
      else response.end(request.headers.authorization ?? 'nobody');
    });
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    proxy = await startProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const through = proxyFetch({ HTTP_PROXY: proxy.address })!;
    const headers = { authorization: 'Bearer secret' };
    const answer = await through(`http://${host}/old`, { headers });
    expect(await answer.text()).toBe('nobody');
    expect(proxy.headers.map(({ authorization }) => authorization)).toEqual([
      'Bearer secret',
      'Bearer secret',
      undefined,
    ]);
    await expect(through(`http://${host}/round`)).rejects.toThrow('fetch failed');
    const manual = await through(`http://${host}/old`, { redirect: 'manual' });
    expect(manual.headers.get('location')).toBe('/new');
    const abort = AbortSignal.abort(new Error('given up'));
    await expect(through(`http://${host}/old`, { signal: abort })).rejects.toThrow('given up');
  } finally {
    server?.closeAllConnections();
    server?.close();
  }
});

test.each([
  ['127.0.0.1', true],
  ['example.com, 127.0.0.1', true],
  ['*', true],
  ['127.0.0.1:1', false],
  ['example.com', false],
  ['', false],
])('NO_PROXY %j: reached without the proxy: %s', async (entries, direct) => {
  await behindProxy();
  const through = proxyFetch({ HTTP_PROXY: proxy.address, NO_PROXY: entries })!;
  expect((await through(`${hub.address}/api/models/owner/tiny/revision/HEAD`)).status).toBe(200);
  expect(proxy.asked.length).toBe(direct ? 0 : 1);
});

test('domains are passed by with all below them', async () => {
  await behindProxy();
  const through = proxyFetch({ HTTP_PROXY: proxy.address, NO_PROXY: '.longview.test' })!;
  // Nobody but the proxy knows this name.
  await expect(through(`http://${host}/`)).rejects.toThrow('fetch failed');
  expect(proxy.asked).toEqual([]);
});

test('without a proxy in the environment there is nothing to do; one that is no address is told', async () => {
  expect(proxyFetch({ NO_PROXY: '*', HTTPS_PROXY: '' })).toBeUndefined();
  const options = { hub: `http://${host}`, fetch: proxyFetch({ HTTP_PROXY: 'proxy:8080' }) };
  await expect(planDownload('owner/tiny', options)).rejects.toThrow(
    /the proxy proxy:8080 is no address with http/,
  );
});
