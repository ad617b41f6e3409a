/** A model that can be trained here, with what people call it. */
export interface ModelKind {
  readonly name: string;
  readonly aliases: readonly string[];
  /** Name of its run and its title in reports. */
  readonly title: string;
}

export const MODEL_KINDS: readonly ModelKind[] = [
  { name: 'logisticregression', aliases: ['lr'], title: 'LogisticRegression' },
  { name: 'randomforest', aliases: ['rf'], title: 'RandomForest' },
  { name: 'linearsvc', aliases: ['svc'], title: 'LinearSVC' },
  { name: 'naivebayes', aliases: ['nb'], title: 'NaiveBayes' },
  { name: 'ngram', aliases: [], title: 'NGram' },
];

/** Full names without repetition, in the order given; a name that is not ours is one of a plugin. */
export function resolveModelNames(names: readonly string[]): string[] {
  const full = names.map(name => {
    const lower = name.trim().toLowerCase();
    return MODEL_KINDS.find(kind => kind.name === lower || kind.aliases.includes(lower))?.name ?? name.trim();
  });
  return [...new Set(full)];
}

export function titleOf(name: string): string {
  return MODEL_KINDS.find(kind => kind.name === name)?.title ?? name;
}

/** Whether a model can tell so many classes apart: the linear support vector machine of Spark knows two. */
export function takesClasses(name: string, classes: number): boolean {
  return classes === 2 || name !== 'linearsvc';
}
