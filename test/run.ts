/**
 * README's test command: every check of the repository in one go, one closing line `N passed, N failed`.
 * A static check counts as one; vitest's tests count one each. In CI a test of a real service that is skipped is a
 * failure: what it needs, it installs.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

const root = path.resolve(import.meta.dirname, '..');
const inCi = ['1', 'true'].includes(process.env['CI'] ?? '');

function run(command: string, args: readonly string[]): Promise<number> {
  const local = path.join(root, 'node_modules', '.bin');
  const env = { ...process.env, PATH: `${local}${path.delimiter}${process.env['PATH'] ?? ''}` };
  return new Promise(resolve => {
    // On Windows npm and the tools are scripts, which only a shell can start.
    const shell = process.platform === 'win32';
    const child = spawn(command, args, { cwd: root, env, shell, stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', error => {
      console.error(`${command}: ${error.message}`);
      resolve(127);
    });
    child.on('close', code => resolve(code ?? 1));
  });
}

async function check(title: string, command: string, args: readonly string[], tally: Tally): Promise<boolean> {
  console.log(`\n── ${title}: ${command} ${args.join(' ')}`);
  const code = await run(command, args);
  if (code === 0) tally.passed++;
  else tally.failed++;
  return code === 0;
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numFailedTestSuites: number;
  success: boolean;
  testResults: { name: string; status: string; assertionResults: { status: string; fullName: string }[] }[];
}

async function runVitest(filters: readonly string[], tally: Tally): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sentops-test-'));
  const file = path.join(folder, 'report.json');
  console.log(`\n── tests: vitest run ${filters.join(' ')}`);
  const code = await run('vitest', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    ...filters,
  ]);
  if (!fs.existsSync(file)) {
    tally.failed++;
    return;
  }
  const report = JSON.parse(fs.readFileSync(file, 'utf8')) as VitestReport;
  fs.rmSync(folder, { recursive: true, force: true });
  const skipped = report.numPendingTests + report.numTodoTests;
  const brokenFiles = report.testResults.filter(
    result => result.status === 'failed' && !result.assertionResults.some(test => test.status === 'failed'),
  );
  tally.passed += report.numPassedTests;
  tally.failed += report.numFailedTests + brokenFiles.length;
  tally.skipped += skipped;
  if (code !== 0 && report.numFailedTests + brokenFiles.length === 0) tally.failed++;
  if (skipped > 0) tellSkipped(report, tally);
}

/** What needs another user or system is named; what needs a service has to run in CI, where it installs what it needs. */
function tellSkipped(report: VitestReport, tally: Tally): void {
  console.log('\nskipped:');
  for (const result of report.testResults) {
    const file = path.relative(root, result.name);
    for (const test of result.assertionResults.filter(({ status }) => status !== 'passed' && status !== 'failed')) {
      const isFailure = inCi && file.startsWith(path.join('test', 'stack'));
      console.log(`  ${file}: ${test.fullName}${isFailure ? ' (in CI this is a failure)' : ''}`);
      if (!isFailure) continue;
      tally.failed++;
      tally.skipped--;
    }
  }
}

const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
const filters = process.argv.slice(2);
if (filters.length === 0) {
  await check('types', 'tsc', ['-p', '.'], tally);
  await check('lint and format', 'biome', ['ci', '--colors=off', '.'], tally);
  await check('unused code', 'knip', [], tally);
  await check('generated files', 'node', ['scripts/generate.ts', '--check'], tally);
}
if (await check('build', 'npm', ['run', '--silent', 'build'], tally)) await runVitest(filters, tally);
const skippedPart = tally.skipped > 0 ? `, ${tally.skipped} skipped` : '';
console.log(`\n${tally.passed} passed, ${tally.failed} failed${skippedPart}`);
process.exitCode = tally.failed > 0 ? 1 : 0;
