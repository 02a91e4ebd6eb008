/** What a PostgreSQL database holds, as its own catalogue words it. */

type Query = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

const tables = `
  select c.relname as name, coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', '') as options
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by c.relname`;

const columnsOf = (table: string) => `
  select a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
    || coalesce((select ' collate ' || quote_ident(l.collname) from pg_collation l join pg_type t on t.oid = a.atttypid
        where l.oid = a.attcollation and a.attcollation <> t.typcollation), '')
    || case when a.attnotnull then ' not null' else '' end
    || coalesce((select ' default ' || pg_get_expr(d.adbin, d.adrelid) from pg_attrdef d
        where d.adrelid = a.attrelid and d.adnum = a.attnum), '') as line
  from pg_attribute a where a.attrelid = '${table}'::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum`;

const constraintsOf = (table: string) => `
  select 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) as line
  from pg_constraint where conrelid = '${table}'::regclass and contype <> 'n' order by conname`;

const indexesOf = (table: string) => `
  select pg_get_indexdef(indexrelid) as line from pg_index
  where indrelid = '${table}'::regclass and indexrelid not in (select conindid from pg_constraint) order by line`;

/** The statements that would make it, tables by name. */
export async function postgresSchema(query: Query): Promise<string> {
  const lines = async (sql: string) => (await query(sql)).map(({ line }) => String(line));
  const parts: string[] = [];
  for (const { name, options } of await query(tables)) {
    const table = String(name);
    const body = [...(await lines(columnsOf(table))), ...(await lines(constraintsOf(table)))];
    parts.push(`create table ${table} (\n  ${body.join(",\n  ")}\n)${String(options)};\n`);
    parts.push(...(await lines(indexesOf(table))).map((index) => `${index};\n`));
  }
  return parts.join("\n");
}
