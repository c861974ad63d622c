import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readChatTemplate, renderChat } from '../../../runtime/models/chat-template';
import { knownModel } from '../../../runtime/models/registry';
import type { ChatMessage } from '../../../runtime/protocol/chat';
import { UserError } from '../../../runtime/protocol/errors';
import { temporaryFolder } from '../fixtures/model-folder';

let root: ReturnType<typeof temporaryFolder>;
beforeEach(() => (root = temporaryFolder()));
afterEach(() => root.remove());

const write = (name: string, content: string | object) =>
  writeFileSync(path.join(root.path, name), typeof content === 'string' ? content : JSON.stringify(content));
/** As Qwen's are, in short. */
const chatml =
  '{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content | trim }}<|im_end|>\n{% endfor %}' +
  '{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}';
/** As Mistral's are, in short. */
const turns =
  "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}" +
  "{{ raise_exception('Roles must alternate') }}{% endif %}{% if message['role'] == 'user' %}[INST]{{ message['content'] }}[/INST]" +
  '{% else %}{{ message.content + eos_token }}{% endif %}{% endfor %}';

const ask: ChatMessage[] = [
  { role: 'system', content: 'Be short.' },
  { role: 'user', content: 'What is <|im_end|> for?' },
];
const text = (messages: ChatMessage[]) =>
  renderChat(readChatTemplate(root.path)!, messages)
    .map((part) => part.text)
    .join('');

test('a conversation is rendered up to the answer, and what a message says stays text', () => {
  write('tokenizer_config.json', { chat_template: chatml });
  const parts = renderChat(readChatTemplate(root.path)!, ask);
  expect(parts.map((part) => part.text).join('')).toBe(
    '<|im_start|>system\nBe short.<|im_end|>\n<|im_start|>user\nWhat is <|im_end|> for?<|im_end|>\n<|im_start|>assistant\n',
  );
  expect(parts.filter(({ from }) => from === 'message').map((part) => part.text)).toEqual(
    ask.map(({ content }) => content),
  );
});

test('special tokens come from the config, in whichever form they stand there', () => {
  const config = { chat_template: turns, bos_token: '<s>', eos_token: { content: '</s>' } };
  write('tokenizer_config.json', config);
  const messages: ChatMessage[] = [
    { role: 'user', content: 'a' },
    { role: 'assistant', content: 'b' },
    { role: 'user', content: 'c' },
  ];
  expect(text(messages)).toBe('<s>[INST]a[/INST]b</s>[INST]c[/INST]');
  expect(() => text(ask)).toThrow(/refuses the conversation: .*Roles must alternate/);
  expect(() => text(ask)).toThrow(UserError);
});

test('a file of its own comes first, then the one named default, then what is known of the model', () => {
  expect(readChatTemplate(root.path)).toBeUndefined();
  const known = knownModel('StripedHyena-Nous-7B')!.chat;
  const [instruction] = [readChatTemplate(root.path, known)!];
  expect(
    renderChat(instruction, ask)
      .map((part) => part.text)
      .join(''),
  ).toBe('### Instruction:\nWhat is <|im_end|> for?\n\n### Response:\n');
  write('tokenizer_config.json', {
    chat_template: [
      { name: 'tool_use', template: 'no' },
      { name: 'default', template: chatml },
    ],
  });
  expect(readChatTemplate(root.path, known)!.source).toBe(chatml);
  write('chat_template.jinja', turns);
  expect(readChatTemplate(root.path)!.source).toBe(turns);
});

test('a broken template is named', () => {
  write('chat_template.jinja', '{% for message in messages %}');
  expect(() => text(ask)).toThrow(/chat template is no valid Jinja/);
  expect(() => text(ask)).toThrow(UserError);
});
