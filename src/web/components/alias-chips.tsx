/** The aliases of a package, as people write them in requests. */
export function AliasChips({ aliases }: { readonly aliases: readonly string[] }) {
  return (
    <>
      {aliases.map((alias) => (
        <span key={alias} class="badge tone-model alias">{`@${alias}`}</span>
      ))}
    </>
  );
}
