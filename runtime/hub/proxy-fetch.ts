/**
 * `fetch` through the proxy that the environment names (HTTPS_PROXY, HTTP_PROXY, NO_PROXY). The editor's own `fetch` knows the
 * editor's proxy; that of Node.js knows none before version 24, and later only if it is told to look.
 */
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import tls from 'node:tls';

type Environment = Readonly<Record<string, string | undefined>>;

interface PlainRequest {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body?: string;
  signal?: AbortSignal | undefined;
}

const mostRedirects = 20;

/** @returns undefined where the environment names no proxy */
export function proxyFetch(env: Environment): typeof fetch | undefined {
  const value = (name: string) => env[name.toLowerCase()] || env[name];
  const proxies: Record<string, string | undefined> = {
    'http:': value('HTTP_PROXY'),
    'https:': value('HTTPS_PROXY'),
  };
  if (!proxies['http:'] && !proxies['https:']) return undefined;
  const bypassed = (value('NO_PROXY') ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
  const proxyOf = (url: URL) => (isBypassed(url, bypassed) ? undefined : proxies[url.protocol]);

  return async (input, init) => {
    let request = plainRequest(input, init);
    for (let redirects = 0; ; redirects++) {
      const response = await send(request, proxyOf(request.url));
      const location = response.headers.get('location');
      const isRedirect = [301, 302, 303, 307, 308].includes(response.status) && location !== null;
      if (!isRedirect || init?.redirect === 'manual') return response;
      if (redirects === mostRedirects) throw failed(new Error('redirected too often'));
      await response.body?.cancel();
      request = redirected(request, response.status, new URL(location, request.url));
    }
  };
}

/** An entry is a host or a domain, with a port or without; `*` is everything. */
function isBypassed({ hostname, port, protocol }: URL, entries: readonly string[]): boolean {
  const usedPort = port || (protocol === 'https:' ? '443' : '80');
  return entries.some((entry) => {
    const [, name = '', onlyPort] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    if (onlyPort !== undefined && onlyPort !== usedPort) return false;
    return entry === '*' || hostname === name || hostname.endsWith(`.${name}`);
  });
}

function plainRequest(input: string | URL | Request, init: RequestInit = {}): PlainRequest {
  const url = new URL(input instanceof Request ? input.url : input);
  const { method = 'GET', body, signal } = init;
  if (body !== undefined && body !== null && typeof body !== 'string')
    throw new TypeError('Only texts are sent through a proxy');
  const headers = Object.fromEntries(new Headers(init.headers));
  return { url, method, headers, signal: signal ?? undefined, ...(body && { body }) };
}

/** What names the user is for the host that it was meant for. */
function redirected({ body, ...request }: PlainRequest, status: number, url: URL): PlainRequest {
  const { authorization: _, cookie: __, ...others } = request.headers;
  const headers = url.origin === request.url.origin ? request.headers : others;
  const repeated = status === 307 || status === 308 || request.method === 'HEAD';
  return { ...request, url, headers, ...(repeated ? body && { body } : { method: 'GET' }) };
}

async function send(request: PlainRequest, proxy: string | undefined): Promise<Response> {
  const { url, ...init } = request;
  if (!proxy) return fetch(url, { ...init, signal: init.signal ?? null, redirect: 'manual' });
  init.signal?.throwIfAborted();
  try {
    const address = proxyAddress(proxy);
    return await (url.protocol === 'https:'
      ? sendTunnelled(request, address)
      : sendForwarded(request, address));
  } catch (error) {
    if (init.signal?.aborted) throw init.signal.reason;
    throw failed(error);
  }
}

function proxyAddress(proxy: string): URL {
  const address = URL.canParse(proxy) ? new URL(proxy) : undefined;
  if (address?.protocol === 'http:' || address?.protocol === 'https:') return address;
  throw new Error(`the proxy ${proxy} is no address with http:// or https://`);
}

const failed = (cause: unknown) => new TypeError('fetch failed', { cause });

/** The proxy is asked for the whole address. */
function sendForwarded({ url, headers, ...request }: PlainRequest, proxy: URL): Promise<Response> {
  const { request: ask } = clientOf(proxy);
  const options = {
    method: request.method,
    headers: { ...headers, host: url.host, ...authorization(proxy) },
  };
  return answerOf(ask({ ...placeOf(proxy), ...options, path: url.href, signal: request.signal }), request);
}

/** The proxy passes on what it cannot read; certificates are those of the host itself. */
async function sendTunnelled({ url, headers, ...request }: PlainRequest, proxy: URL): Promise<Response> {
  const host = `${url.hostname}:${url.port || 443}`;
  const socket = await tunnel(host, proxy, request.signal);
  const secured = tls.connect({ socket, servername: url.hostname });
  const { method, signal } = request;
  // An agent, even none, would open a connection of its own.
  const asked = https.request(url, { method, headers, signal, createConnection: () => secured });
  return answerOf(asked, request);
}

function tunnel(host: string, proxy: URL, signal: AbortSignal | undefined): Promise<Socket> {
  const headers = { host, ...authorization(proxy) };
  const { request: ask } = clientOf(proxy);
  const asked = ask({ ...placeOf(proxy), method: 'CONNECT', path: host, headers, signal, agent: false });
  return new Promise((resolve, reject) => {
    asked.once('error', reject);
    asked.once('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new Error(`the proxy ${proxy.host} does not connect to ${host}: it answered ${statusCode}`));
    });
    asked.end();
  });
}

const clientOf = ({ protocol }: URL) => (protocol === 'https:' ? https : http);
const placeOf = ({ hostname, port, protocol }: URL) => ({
  host: hostname.replace(/^\[|\]$/g, ''),
  port: port || (protocol === 'https:' ? 443 : 80),
});

function authorization({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

function answerOf(
  asked: http.ClientRequest,
  { body, method }: { body?: string; method: string },
): Promise<Response> {
  return new Promise((resolve, reject) => {
    asked.once('error', reject);
    asked.once('response', (answer) => {
      const status = answer.statusCode!;
      const headers = new Headers();
      for (const [name, value] of Object.entries(answer.headers)) headers.set(name, String(value));
      const isEmpty = method === 'HEAD' || status === 204 || status === 304;
      if (isEmpty) answer.resume();
      const content = isEmpty ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>);
      resolve(new Response(content, { status, statusText: answer.statusMessage ?? '', headers }));
    });
    asked.end(body);
  });
}
