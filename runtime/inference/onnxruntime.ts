import type * as OnnxRuntime from 'onnxruntime-node';
import { UserError } from '../protocol/errors';

export type { OnnxRuntime };

/**
 * Loads onnxruntime-node, when first needed: its binary exists for some platforms only.
 * @throws UserError in one sentence where it does not
 */
export async function loadOnnxRuntime(): Promise<typeof OnnxRuntime> {
  try {
    const module = (await import('onnxruntime-node')) as typeof OnnxRuntime & {
      default?: typeof OnnxRuntime;
    };
    return module.default ?? module;
  } catch (error) {
    throw unsupportedPlatform(error);
  }
}

export function unsupportedPlatform(cause: unknown): UserError {
  const here = `${process.platform} on ${process.arch}`;
  return new UserError(
    `Longview cannot run its model here (${here}): it needs Linux (x64 or arm64, glibc 2.28 or newer), Windows (x64 or arm64) or macOS on Apple silicon.`,
    { cause },
  );
}
