import { restArgs } from '../cli/args.ts';
import { type Context, SentopsCommand } from '../cli/base-command.ts';
import { Flags } from '../cli/framework.ts';
import { modelFlags, registeredChoice } from '../cli/model-flags.ts';
import type { View } from '../cli/output/view.ts';
import { chooseForm, refuseNothing } from '../cli/views/score-form.ts';
import { worldOf } from '../cli/world.ts';
import type { ScoreResult } from '../lib/score/types.ts';

export type Result = ScoreResult;

export default class Score extends SentopsCommand<Result> {
  static override summary = 'Score texts, or the rows of a file, with a trained model.';
  static override description =
    `Reads CSV, JSON lines, Parquet or plain text, as it is, .gz or .zst, and writes one JSON object a line in the order of the input: text, prediction, sentiment, probability (of positive; of the class predicted where there are more than two), confidence and model_version, then the other columns of the input. A column of the input with one of these names comes as input_NAME.
A row without a text stays in its place with "error" and no prediction; rows that cannot be read are counted and told at the end.
The model is the best one of the project unless --model-path names a folder that sentops train, Spark or MLflow wrote, or --model-name one of the registry: model_version is then the version there.`;
  static override examples = [
    '<%= config.bin %> score "I love this!" "What a waste of money."',
    '<%= config.bin %> score -i reviews.csv.gz --text-column review > scored.jsonl',
    '<%= config.bin %> score -i reviews.parquet --model-path models/ngram --vectors -o scored.csv.zst',
    'cat reviews.jsonl | <%= config.bin %> score -i - | head -3',
    '<%= config.bin %> score "not bad at all" --explain --json',
    '<%= config.bin %> score -i reviews.csv --model-name twitter-sentiment-model-best --model-stage Production',
  ];
  static override args = { text: restArgs({ description: 'Texts to score.' }) };
  static override flags = {
    input: Flags.string({ char: 'i', summary: 'File with rows to score; - for standard input.', helpValue: 'FILE' }),
    'text-column': Flags.string({ summary: 'Column of the text; found by its name where absent.', helpValue: 'NAME' }),
    'model-path': Flags.string({
      summary: 'Model folder, or a models:/ or runs:/ URI; the best model of the project where absent.',
      helpValue: 'DIR',
    }),
    ...modelFlags,
    output: Flags.string({
      char: 'o',
      summary: 'File to write, .jsonl or .csv, with .gz or .zst behind it to compress.',
      helpValue: 'FILE',
    }),
    vectors: Flags.boolean({ summary: 'Add rawPrediction and probabilities, as Spark orders them.' }),
    explain: Flags.boolean({ summary: 'Add the tokens that moved the score, with their weights.' }),
    limit: Flags.integer({ summary: 'Stop after this many rows.', min: 1, helpValue: 'N' }),
    math: Flags.string({
      summary: 'Which exp makes the probabilities: as Spark on x86-64 computes it, or as aarch64 does.',
      options: ['hotspot-x64', 'fdlibm'],
      default: 'hotspot-x64',
    }),
  };

  protected async work(context: Context<typeof Score>): Promise<Result> {
    const { args, flags, output, report } = context;
    const texts = args.text ?? [];
    refuseNothing(texts, flags.input);
    const { form, isChosen } = chooseForm(output, flags.format, texts.length > 0, flags.output);
    const { runScoring } = await import('../lib/score/run-scoring.ts');
    return runScoring({
      texts,
      input: flags.input,
      textColumn: flags['text-column'],
      modelPath: flags['model-path'],
      registered: registeredChoice(flags),
      output: flags.output,
      dryRun: flags['dry-run'] === true,
      vectors: flags.vectors === true,
      explain: flags.explain === true,
      limit: flags.limit,
      math: flags.math === 'fdlibm' ? 'fdlibm' : 'hotspot-x64',
      form,
      isFormChosen: isChosen,
      ...worldOf(context),
      loadProject: sections => context.loadProject(sections),
      stream: context.stream,
      // Rows on the terminal and a bar on the same terminal would overwrite each other.
      report: event => {
        if (event.type !== 'progress' || !output.terminal || flags.output) report(event);
      },
    });
  }

  protected async render(result: Result, view: View): Promise<void> {
    const { renderScores } = await import('../cli/views/scores.ts');
    renderScores(result, view);
  }

  protected override ids({ items }: Result): readonly string[] {
    return items.map(({ sentiment }) => sentiment ?? '');
  }

  protected override summary({ summary: { rows, sentiments, output, written } }: Result): string {
    const counts = Object.entries(sentiments).map(([name, count]) => `${count} ${name}`);
    return `${rows} rows scored: ${counts.join(', ')}${output === null ? '' : `, ${written ? '' : 'not written '}in ${output}`}\n`;
  }
}
