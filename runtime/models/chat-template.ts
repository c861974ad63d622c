import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Template } from '@huggingface/jinja';
import type { ChatMessage } from '../protocol/chat';
import { UserError, messageOf } from '../protocol/errors';
import { readModelJson } from './manifest';
import type { ChatFormat } from './registry';

/** How a model was trained to see a conversation: a template in Jinja, and the special tokens that it writes by name. */
export interface ChatTemplate {
  source: string;
  tokens: Readonly<Record<string, string>>;
}

/** A piece of a rendered conversation. Names of special tokens are such in the template's own text, never in a message's. */
export interface ChatPart {
  text: string;
  from: 'template' | 'message';
}

const configFile = 'tokenizer_config.json';
const templateFile = 'chat_template.jinja';

/**
 * The template in a model's folder, else the one that is known of the model.
 * @returns undefined where the model was not trained to converse, as far as anything says
 * @throws UserError where tokenizer_config.json cannot be read
 */
export function readChatTemplate(folder: string, known?: ChatFormat): ChatTemplate | undefined {
  const file = path.join(folder, templateFile);
  const config = existsSync(path.join(folder, configFile))
    ? (readModelJson(folder, configFile) as Record<string, unknown>)
    : {};
  const own = existsSync(file) ? readFileSync(file, 'utf8') : templateIn(config.chat_template);
  const source = own ?? (typeof known === 'object' ? known.template : undefined);
  return source === undefined ? undefined : { source, tokens: tokensOf(config) };
}

/** One template, or several by name. */
function templateIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  const named = value as { name?: unknown; template?: unknown }[];
  const { template } = named.find(({ name }) => name === 'default') ?? {};
  return typeof template === 'string' ? template : undefined;
}

/** `bos_token` and its like: a string, or an object that holds one. */
function tokensOf(config: Record<string, unknown>): Record<string, string> {
  const entries = Object.entries(config).filter(([key]) => key.endsWith('_token'));
  const texts = entries.map(([key, value]) => [
    key,
    (value as { content?: unknown } | null)?.content ?? value,
  ]);
  return Object.fromEntries(texts.filter(([, text]) => typeof text === 'string')) as Record<string, string>;
}

/**
 * The conversation as the model is to read it, up to where its answer begins. Messages are put in last: whatever they say, it is
 * text.
 * @throws UserError where the template is broken, or refuses these messages
 */
export function renderChat({ source, tokens }: ChatTemplate, messages: readonly ChatMessage[]): ChatPart[] {
  const marked = messages.map(({ role }, index) => ({ role, content: markOf(index) }));
  const rendered = render(source, {
    ...tokens,
    messages: marked,
    add_generation_prompt: true,
    // Templates of models that can think aloud before they answer ask for this; the others do not look.
    enable_thinking: false,
  });
  return rendered
    .split(marks)
    .map((text, index): ChatPart =>
      index % 2 === 0
        ? { text, from: 'template' }
        : { text: messages[Number(text)]!.content, from: 'message' },
    )
    .filter(({ text }) => text !== '');
}

/** In the place of a message's text; Unicode keeps these characters free for private use. */
const markOf = (index: number) => `\uE000${index}\uE001`;
const marks = /\uE000(\d+)\uE001/;

function render(source: string, context: Record<string, unknown>): string {
  let template: Template;
  try {
    template = new Template(source);
  } catch (error) {
    throw new UserError(
      `The model's chat template is no valid Jinja (${messageOf(error)}). Correct ${templateFile} or ${configFile}, or download the model again.`,
      { cause: error },
    );
  }
  try {
    return template.render(context);
  } catch (error) {
    throw new UserError(
      `The model's chat template refuses the conversation: ${messageOf(error)}. Ask without a system message, with questions and ` +
        'answers in turn, or choose another model.',
      { cause: error },
    );
  }
}
