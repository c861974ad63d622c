import { expect, it } from 'vitest';
import { slashCommandOf } from '../../../runtime/protocol/conversation';

it.each([
  ['/find where is it', { command: 'find', rest: 'where is it' }],
  [' /Explain', { command: 'explain', rest: '' }],
  ['/doc\nthis', { command: 'doc', rest: 'this' }],
  ['/fix it', { unknown: 'fix', rest: 'it' }],
  ['/etc/passwd is read where?', { rest: '/etc/passwd is read where?' }],
  [' where is /find', { rest: 'where is /find' }],
])('%j is %j', (question, expected) => expect(slashCommandOf(question)).toEqual(expected));
