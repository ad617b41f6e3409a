import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readGitHead } from '../../../src/lib/config/interpolate/git-head.ts';
import { loadProject } from '../../../src/lib/config/load.ts';
import { request, tempProject } from './temp-project.ts';

const SHA = 'a'.repeat(40);
const OTHER = 'b'.repeat(40);

describe('what is checked out', () => {
  test('is found from any folder below, by its loose ref', () => {
    const dir = tempProject({
      '.git/HEAD': 'ref: refs/heads/feature/x\n',
      '.git/refs/heads/feature/x': `${SHA}\n`,
      'deep/er/a.txt': '',
    });
    expect(readGitHead(path.join(dir, 'deep/er'))).toEqual({ sha: SHA, branch: 'feature/x' });
  });

  test('is found among the packed refs, where a loose one wins', () => {
    const packed = `# pack-refs with: peeled fully-peeled sorted\n${OTHER} refs/heads/main\n^${SHA}\n${SHA} refs/tags/v1\n`;
    const dir = tempProject({ '.git/HEAD': 'ref: refs/heads/main\n', '.git/packed-refs': packed });
    expect(readGitHead(dir)).toEqual({ sha: OTHER, branch: 'main' });
    fs.mkdirSync(path.join(dir, '.git/refs/heads'), { recursive: true });
    fs.writeFileSync(path.join(dir, '.git/refs/heads/main'), `${SHA}\n`);
    expect(readGitHead(dir)).toEqual({ sha: SHA, branch: 'main' });
  });

  test.each([SHA, 'c'.repeat(64)])('is no branch where HEAD is the commit %s itself', sha => {
    expect(readGitHead(tempProject({ '.git/HEAD': `${sha}\n` }))).toEqual({ sha, branch: undefined });
  });

  test('is that of a worktree or a submodule, whose .git is a file', () => {
    const dir = tempProject({
      'main/.git/HEAD': `${OTHER}\n`,
      'main/.git/refs/heads/side': `${SHA}\n`,
      'main/.git/worktrees/w/HEAD': 'ref: refs/heads/side\n',
      'main/.git/worktrees/w/commondir': '../..\n',
      'w/.git': 'gitdir: ../main/.git/worktrees/w\n',
    });
    expect(readGitHead(path.join(dir, 'w'))).toEqual({ sha: SHA, branch: 'side' });
  });

  test.each([
    ['a branch without a commit', { '.git/HEAD': 'ref: refs/heads/main\n' }, 'main'],
    ['a ref that is no branch', { '.git/HEAD': 'ref: refs/remotes/x\n', '.git/refs/remotes/x': `${SHA}\n` }, undefined],
  ])('of %s is known as far as it goes', (_what, files, branch) => {
    expect(readGitHead(tempProject(files)).branch).toBe(branch);
  });

  test.each([
    ['a HEAD that is nonsense', { '.git/HEAD': 'nonsense\n' }],
    ['a ref that leads out of the folder', { '.git/HEAD': 'ref: refs/../../secret\n', secret: `${SHA}\n` }],
    ['a ref that holds no commit', { '.git/HEAD': 'ref: refs/heads/m\n', '.git/refs/heads/m': 'abc\n' }],
    ['a .git that leads nowhere', { '.git': 'gitdir: nowhere\n' }],
  ])('is unknown with %s', (_what, files: Record<string, string>) => {
    expect(readGitHead(tempProject(files)).sha).toBeUndefined();
  });

  test('stands for ${git.sha} and ${git.branch}, which are errors with a hint where there is none', async () => {
    const yaml = 'project: { labels: { commit: "${git.sha}", branch: "${git.branch}" } }\n';
    const dir = tempProject({ 'sentops.yaml': yaml, '.git/HEAD': 'ref: refs/heads/m\n', '.git/refs/heads/m': SHA });
    expect((await loadProject(request(dir))).config.project.labels).toMatchObject({ commit: SHA, branch: 'm' });
    fs.rmSync(path.join(dir, '.git/refs'), { recursive: true });
    const { errors } = await loadProject(request(dir)).then(
      () => ({ errors: [] as string[] }),
      (error: Error & { hint: string }) => ({ errors: [error.message, error.hint] }),
    );
    expect(errors[0]).toContain('${git.sha} has no value: the project is in no git repository with a commit');
    expect(errors[1]).toContain('${git.sha:-none}');
  });
});
