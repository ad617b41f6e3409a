import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runShell } from '../helpers/shell/run.ts';

let folder: string;
let env: Record<string, string>;
beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-ci-')));
  env = {
    GITHUB_ACTIONS: 'true',
    CI: 'true',
    GITHUB_WORKSPACE: folder,
    GITHUB_OUTPUT: path.join(folder, 'output'),
    GITHUB_STEP_SUMMARY: path.join(folder, 'summary'),
  };
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const read = (name: string) => fs.readFileSync(path.join(folder, name), 'utf8');

/** Reads $GITHUB_OUTPUT as the runner does. */
function parseOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const heredoc = /^([^=<]+)<<(.+)$/.exec(line);
    if (heredoc) {
      const end = lines.indexOf(heredoc[2] ?? '', index + 1);
      outputs[heredoc[1] ?? ''] = lines.slice(index + 1, end).join('\n');
      index = end;
    } else if (line.includes('=')) outputs[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1);
  }
  return outputs;
}

describe('GitHub Actions', () => {
  test('gets the outputs and a summary', async () => {
    const { code, stdout } = await runShell(['publish'], { env });
    expect(code).toBe(0);
    expect(stdout).toContain('run:');
    expect(parseOutputs(read('output'))).toEqual({ 'run-id': 'r-1', decision: 'plain', accuracy: '0.5' });
    expect(read('summary')).toBe(
      [
        '### shell publish',
        '',
        '| name | value |',
        '| --- | --- |',
        '| run | r-1 |',
        '| note | plain |',
        '| leaked | the password is ***! |',
        '',
        '',
      ].join('\n'),
    );
  });

  test('a value with line breaks cannot set another output', async () => {
    const evil = 'first\nrun-id=evil\nEOF\nghadelimiter\ndecision<<X';
    await runShell(['publish', '--text', evil], { env });
    expect(parseOutputs(read('output'))).toEqual({ 'run-id': 'r-1', decision: evil, accuracy: '0.5' });
  });

  test('outputs are added to what earlier steps wrote', async () => {
    fs.writeFileSync(path.join(folder, 'output'), 'before=1\n');
    await runShell(['publish'], { env });
    expect(parseOutputs(read('output'))).toMatchObject({ before: '1', 'run-id': 'r-1' });
  });

  test('the rows of a list are the summary', async () => {
    await runShell(['jobs', '--filter', 'state=DONE'], { env });
    expect(read('summary')).toContain(
      '| id | state | rows | created |\n| --- | --- | ---: | --- |\n| job-9 | DONE | 1000 | 2026-01-01T10:00:00Z |\n',
    );
    expect(fs.existsSync(path.join(folder, 'output'))).toBe(false);
  });

  test('a failure is an annotation at its line and the head of the summary, with --json too', async () => {
    const { stderr, stdout, code } = await runShell(['fail', '--code', 'CONFIG_INVALID', '--problems', '--json'], {
      env,
      cwd: folder,
    });
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'CONFIG_INVALID' } });
    expect(stderr.split('\n')).toEqual([
      '::error file=sentops.yaml,line=12,col=16,title=CONFIG_INVALID::train.numFeatures must be an integer%0Awrite 32768',
      '::error file=sentops.yaml,line=20,col=1,title=CONFIG_INVALID::unknown key "trian"%0Adid you mean train?',
      '',
    ]);
    expect(read('summary')).toContain('### shell fail ❌\n\n**CONFIG_INVALID**: ');
  });

  test('a gate that was not met has its result, its outputs and its annotation', async () => {
    const { stderr, code } = await runShell(['publish', '--gate'], { env });
    expect(code).toBe(12);
    expect(stderr).toContain(
      '::error title=GATE_NOT_MET::accuracy 0.5 is below 0.7%0Acompare the values in the details\n',
    );
    expect(parseOutputs(read('output'))).toMatchObject({ accuracy: '0.5' });
    expect(read('summary')).toMatch(/^### shell publish ❌\n\n\*\*GATE_NOT_MET\*\*: accuracy 0.5 is below 0.7/);
  });

  test('a warning stands at its line', async () => {
    const { stderr } = await runShell(['progress'], { env, cwd: folder });
    expect(stderr).toContain('::warning file=sentops.yaml,line=3::look out\n');
  });

  test('a file that cannot be written is a warning: the work is done', async () => {
    const { code, stderr } = await runShell(['publish'], {
      env: { ...env, GITHUB_OUTPUT: path.join(folder, 'no/such/folder') },
    });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^::warning::cannot write to .*no\/such\/folder: ENOENT/m);
    expect(read('summary')).toContain('### shell publish');
  });

  test('no prompt, also at what looks like a terminal', async () => {
    expect(await runShell(['ask', 'text'], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('give --name'),
    });
  });
});

describe('other CI', () => {
  test('SENTOPS_OUTPUT_FILE is a dotenv report as GitLab reads it', async () => {
    const file = path.join(folder, 'report.env');
    await runShell(['publish', '--text', 'two\nlines'], { env: { GITLAB_CI: 'true', SENTOPS_OUTPUT_FILE: file } });
    expect(read('report.env')).toBe('RUN_ID=r-1\nDECISION=two\\nlines\nACCURACY=0.5\n');
  });

  test('without GITHUB_ACTIONS nothing is written, whatever the variables say', async () => {
    await runShell(['publish'], { env: { ...env, GITHUB_ACTIONS: 'false' } });
    expect(fs.readdirSync(folder)).toEqual([]);
  });
});
