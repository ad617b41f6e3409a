import { requiredArg } from '../../cli/args.ts';
import { type Context, SentopsCommand } from '../../cli/base-command.ts';
import type { Rows } from '../../cli/output/records.ts';
import type { View } from '../../cli/output/view.ts';
import type { Explanation, Said } from '../../lib/config/explain.ts';

export type Result = Explanation;

export default class ConfigExplain extends SentopsCommand<Result> {
  static override summary = 'Show where a value comes from: the layer that wins and every one that loses.';
  static override examples = [
    '<%= config.bin %> config explain train.numFeatures',
    '<%= config.bin %> config explain serve.reloadIntervalSeconds --target production',
    '<%= config.bin %> config explain var.region --json',
  ];
  static override args = {
    key: requiredArg({ description: 'Dotted path of the value, or var.NAME.' }),
  };

  protected async work({ args, request }: Context<typeof ConfigExplain>): Promise<Result> {
    const { explainValue } = await import('../../lib/config/explain.ts');
    return explainValue(request, args.key);
  }

  protected render(explanation: Result, view: View): void {
    const { path, value, raw, winner, losers, problem, doc, expected, flag, env } = explanation;
    view.line(`${view.style.bold(path)} = ${show(value)}`);
    if (JSON.stringify(raw) !== JSON.stringify(value)) view.line(`  written as ${show(raw)}`);
    if (problem) view.line(`  ${view.style.bad('not resolved:')} ${problem}`);
    view.line();
    const layers = [...(winner ? [{ said: winner, wins: true }] : []), ...losers.map(said => ({ said, wins: false }))];
    view.table(layers, [
      { title: '', value: ({ wins }) => (wins ? view.style.ok('wins') : view.style.dim('loses')) },
      { title: 'value', value: ({ said }) => show(said.value) },
      { title: 'layer', value: ({ said }) => said.name },
      { title: 'place', value: ({ said }) => place(said) },
    ]);
    view.line();
    view.facts({
      meaning: doc,
      expected,
      ...(flag ? { flag } : {}),
      ...(env.length > 0 ? { environment: env.join(', ') } : {}),
    });
    const section = path.split('.')[0] ?? path;
    if ([value, raw, ...losers.map(said => said.value)].some(isLong))
      view.aside(`cut short; every value and its place: ${this.config.bin} config show ${section} --origins`);
  }

  protected override rows({ winner, losers }: Result): Rows {
    const layers = [...(winner ? [{ ...winner, wins: true }] : []), ...losers.map(said => ({ ...said, wins: false }))];
    const items = layers.map(({ place, ...said }) => ({ ...said, ...place, layer: said.name }));
    return { columns: ['wins', 'value', 'layer', 'file', 'line'], items };
  }

  protected override ids({ path }: Result): readonly string[] {
    return [path];
  }
}

/** A whole section in one cell would hide the layers, which are what was asked for. */
const LONGEST = 200;

function show(value: unknown): string {
  const text = write(value);
  return isLong(value) ? `${text.slice(0, LONGEST)}…` : text;
}

function isLong(value: unknown): boolean {
  return typeof value === 'object' && write(value).length > LONGEST;
}

function write(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function place({ place }: Said): string {
  return place ? [place.file, place.line].filter(part => part !== undefined).join(':') : '';
}
