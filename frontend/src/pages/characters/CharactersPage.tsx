// Everyone who can be invited.
export default function CharactersPage() {
  return <h1>Characters</h1>;
}
