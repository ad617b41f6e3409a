import type { CommandDefinition, InputDefinition } from './commands.ts';

/** One Markdown page per topic, plus an index: file name → text. */
export function renderCommandDocs(commands: readonly CommandDefinition[]): Map<string, string> {
  const visible = commands.filter(command => !command.hidden);
  const topics = new Map<string, CommandDefinition[]>();
  for (const command of visible) {
    const topic = command.id.split(' ')[0] ?? command.id;
    topics.set(topic, [...(topics.get(topic) ?? []), command]);
  }
  const pages = new Map<string, string>([['README.md', renderIndex(topics, visible[0])]]);
  for (const [topic, members] of topics) pages.set(`${topic}.md`, renderTopic(topic, members));
  return pages;
}

const NOTE = '<!-- Generated from the commands; `npm run generate` writes it. -->';

function renderIndex(topics: ReadonlyMap<string, CommandDefinition[]>, any: CommandDefinition | undefined): string {
  const rows = [...topics].flatMap(([topic, members]) =>
    members.map(({ id, summary }) => `| [\`sentops ${id}\`](${topic}.md#${anchor(id)}) | ${escapeCell(summary)} |`),
  );
  const globals = any ? ['## Flags of every command', '', ...renderFlags(any.globalFlags)] : [];
  return [NOTE, '', '# Commands', '', '| command | what it does |', '|---|---|', ...rows, '', ...globals].join('\n');
}

function renderTopic(topic: string, members: readonly CommandDefinition[]): string {
  return [NOTE, '', `# sentops ${topic}`, '', ...members.flatMap(renderCommand)].join('\n');
}

function renderCommand(command: CommandDefinition): string[] {
  const args = Object.entries(command.args);
  const usage = args.map(([name, arg]) => (arg.required ? name.toUpperCase() : `[${name.toUpperCase()}]`)).join(' ');
  const parts = [`## sentops ${command.id}`, '', command.summary, ''];
  if (command.description) parts.push(command.description.trim(), '');
  parts.push('```', `sentops ${command.id}${usage ? ` ${usage}` : ''} [flags]`, '```', '');
  if (command.aliases.length > 0)
    parts.push(`Also: ${command.aliases.map(alias => `\`sentops ${alias}\``).join(', ')}.`, '');
  if (args.length > 0) {
    parts.push('| argument | meaning |', '|---|---|');
    parts.push(...args.map(([name, arg]) => `| \`${name.toUpperCase()}\` | ${escapeCell(describe(arg))} |`), '');
  }
  if (Object.keys(command.flags).length > 0) parts.push(...renderFlags(command.flags));
  if (command.examples.length > 0) parts.push('```sh', ...command.examples, '```', '');
  return parts;
}

function renderFlags(flags: Readonly<Record<string, InputDefinition>>): string[] {
  const visible = Object.entries(flags).filter(([, flag]) => !flag.hidden);
  const rows = visible.map(([name, flag]) => {
    const char = flag.char ? `\`-${flag.char}\`, ` : '';
    const value = flag.type === 'boolean' ? '' : ` ${flag.helpValue ?? 'VALUE'}`;
    return `| ${char}\`--${name}${value}\` | ${escapeCell(describe(flag))} |`;
  });
  return ['| flag | meaning |', '|---|---|', ...rows, ''];
}

function describe(input: InputDefinition): string {
  const text = input.summary ?? input.description ?? '';
  const options = input.options ? ` One of ${input.options.map(option => `\`${option}\``).join(', ')}.` : '';
  const shown = input.defaultHelp ?? input.default;
  const isShown = shown !== undefined && typeof shown !== 'function' && shown !== false;
  return `${text}${options}${isShown ? ` Default: \`${String(shown)}\`.` : ''}`;
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function anchor(id: string): string {
  return `sentops-${id.replaceAll(' ', '-')}`;
}
