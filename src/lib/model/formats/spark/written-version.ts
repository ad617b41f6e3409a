/** The oldest Spark that reads what is written; from 3.0 on HashingTF and IDF mean what they mean today. */
export const WRITTEN_VERSION = '3.3.0';
