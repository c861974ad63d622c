import { HubApiError } from '@huggingface/hub';
import { CancelledError, UserError, messageOf } from '../protocol/errors';

export const defaultHub = 'https://huggingface.co';

/** The repository is there, but not for whoever asks like this. */
export class HubAccessError extends UserError {}

export interface HubOptions {
  /** Address; default: `defaultHub`. */
  hub?: string;
  token?: string;
  /** Default: the runtime's own; in the editor that one honours its proxy and certificates. */
  fetch?: typeof fetch;
  signal?: AbortSignal;
}

/** The options as the hub's client takes them. @throws UserError where the address is none, or would show the token to others */
export function connectionOf({ hub = defaultHub, token, fetch: fetchWith = fetch, signal }: HubOptions) {
  let url: URL;
  try {
    url = new URL(hub);
  } catch (error) {
    throw new UserError(`"${hub}" is no address of a hub. Write one such as ${defaultHub}.`, {
      cause: error,
    });
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new UserError(`${hub} is no address of a hub: it must begin with https:// or http://.`);
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (token && url.protocol === 'http:' && !loopback)
    throw new UserError(
      `The hub ${hub} is not asked with a token, which others could read on the way. Use an address with https://.`,
    );
  return {
    hubUrl: hub.replace(/\/+$/, ''),
    ...(token ? { accessToken: token } : {}),
    fetch: ((input, init) => fetchWith(input, { ...init, signal })) as typeof fetch,
  };
}

/** What went wrong while `repository` was asked for, in words that say what to do. */
export function hubError(
  error: unknown,
  repository: string,
  { hub = defaultHub, signal }: HubOptions,
): Error {
  if (signal?.aborted) return new CancelledError();
  if (error instanceof UserError) return error;
  const cause = { cause: error };
  const status = error instanceof HubApiError ? error.statusCode : undefined;
  if (status === 401 || status === 403)
    return new HubAccessError(
      `${hub} does not give ${repository} to everyone: the repository is private, or its licence must be accepted there first ` +
        `(${hub}/${repository}). Do so, and give an access token (HF_TOKEN on the command line).`,
      cause,
    );
  if (status === 404)
    return new UserError(`${hub} has no model ${repository}. Check the name: owner/name.`, cause);
  if (status !== undefined)
    return new UserError(`${hub} answered with error ${status} for ${repository}. Try again later.`, cause);
  return new UserError(
    `${repository} could not be fetched from ${hub} (${reason(error)}). Check the connection and the proxy, and try again: ` +
      'what has arrived is kept.',
    cause,
  );
}

/** What fetch fails with says nothing by itself. */
function reason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? cause.message || messageOf(error) : messageOf(error);
}
