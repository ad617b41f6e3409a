import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installTool } from '../helpers/npm-tool.ts';
import { pinnedNode, repositoryRoot } from '../helpers/run-cli.ts';

/** The language server that editors use for YAML, spoken to as an editor speaks to it. */
interface Message {
  id?: number;
  method?: string;
  params?: unknown;
  result?: unknown;
}

interface Diagnostic {
  message: string;
  range: { start: { line: number; character: number } };
}

let server: ChildProcessWithoutNullStreams;
let folder: string;
const inbox: Message[] = [];
const waiting = new Set<() => void>();

beforeAll(async () => {
  const prefix = installTool('yaml-language-server', '2.0.0');
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-editor-'));
  fs.copyFileSync(path.join(repositoryRoot, 'schemas', 'sentops.schema.json'), path.join(folder, 'schema.json'));
  server = spawn(pinnedNode(), [
    path.join(prefix, 'node_modules', 'yaml-language-server', 'bin', 'yaml-language-server'),
    '--stdio',
  ]);
  readMessages(server);
  send({
    id: 1,
    method: 'initialize',
    params: { processId: null, rootUri: pathToFileURL(folder).href, capabilities: {} },
  });
  await receive(message => message.id === 1);
  send({ method: 'initialized', params: {} });
});

afterAll(() => {
  server?.kill();
  fs.rmSync(folder, { recursive: true, force: true });
});

function send(message: Message): void {
  const body = JSON.stringify({ jsonrpc: '2.0', ...message });
  server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

function readMessages({ stdout }: ChildProcessWithoutNullStreams): void {
  let buffer = Buffer.alloc(0);
  stdout.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const head = buffer.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/i.exec(buffer.subarray(0, Math.max(head, 0)).toString())?.[1]);
      if (head === -1 || buffer.length < head + 4 + length) return;
      const message = JSON.parse(buffer.subarray(head + 4, head + 4 + length).toString()) as Message;
      buffer = buffer.subarray(head + 4 + length);
      // The server asks for its settings and waits for the answer.
      if (message.method !== undefined && message.id !== undefined)
        send({
          id: message.id,
          result:
            message.method === 'workspace/configuration' ? [{ validate: true, completion: true }, {}, {}, {}] : null,
        });
      inbox.push(message);
      for (const wake of waiting) wake();
    }
  });
}

async function receive(wanted: (message: Message) => boolean): Promise<Message> {
  for (;;) {
    const found = inbox.find(wanted);
    if (found) return found;
    await new Promise<void>(resolve => {
      const wake = () => {
        waiting.delete(wake);
        resolve();
      };
      waiting.add(wake);
    });
  }
}

function open(name: string, text: string): string {
  const uri = pathToFileURL(path.join(folder, name)).href;
  const document = `# yaml-language-server: $schema=./schema.json\n${text}`;
  send({
    method: 'textDocument/didOpen',
    params: { textDocument: { uri, languageId: 'yaml', version: 1, text: document } },
  });
  return uri;
}

async function diagnose(name: string, text: string): Promise<Diagnostic[]> {
  const uri = open(name, text);
  const isAnswer = ({ method, params }: Message) =>
    method === 'textDocument/publishDiagnostics' && (params as { uri: string }).uri === uri;
  const { params } = await receive(isAnswer);
  return (params as { diagnostics: Diagnostic[] }).diagnostics;
}

describe('the JSON Schema in an editor', () => {
  test('a valid file has no complaints, references included', async () => {
    const text =
      'version: 1\nvariables:\n  rows: { type: integer, default: 5 }\ntrain:\n  maxRows: ${var.rows}\n  seed: 7\n';
    expect(await diagnose('good.yaml', text)).toEqual([]);
  });

  test('a misspelt key and a wrong type are underlined where they stand', async () => {
    const found = await diagnose('bad.yaml', 'train:\n  numFeature: 3\n  seed: abc\n');
    expect(found.map(({ range }) => range.start.line).sort()).toEqual([2, 3]);
    expect(found.map(({ message }) => message).join('\n')).toMatch(/numFeature/);
  });

  test('keys and values are offered with their documentation', async () => {
    const uri = open('half.yaml', 'train:\n  num\nbackend: \n');
    send({
      id: 2,
      method: 'textDocument/completion',
      params: { textDocument: { uri }, position: { line: 2, character: 5 } },
    });
    const keys = (await receive(message => message.id === 2)).result as {
      items: { label: string; documentation?: unknown }[];
    };
    const offered = keys.items.find(({ label }) => label === 'numFeatures');
    expect(offered).toBeDefined();
    expect(JSON.stringify(offered?.documentation)).toMatch(/HashingTF|features/i);
    send({
      id: 3,
      method: 'textDocument/completion',
      params: { textDocument: { uri }, position: { line: 3, character: 9 } },
    });
    const values = (await receive(message => message.id === 3)).result as { items: { label: string }[] };
    expect(values.items.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['local', 'spark', 'dataproc', 'serverless']),
    );
  });

  test('hovering a key shows what it means', async () => {
    const uri = open('hover.yaml', 'train:\n  numFeatures: 3\n');
    send({
      id: 4,
      method: 'textDocument/hover',
      params: { textDocument: { uri }, position: { line: 2, character: 5 } },
    });
    expect(JSON.stringify((await receive(message => message.id === 4)).result)).toMatch(/HashingTF|features/i);
  });
});
