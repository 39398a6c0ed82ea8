/** What the query of a request says of topics. */

/** `?topics=a,b*` and `?topic=a`, which may come several times; undefined where no topic is named. */
export function topicsIn(query: URLSearchParams): readonly string[] | undefined {
  const named = [...query.getAll("topic"), ...query.getAll("topics").flatMap((list) => list.split(","))];
  return named.length === 0 ? undefined : named;
}
