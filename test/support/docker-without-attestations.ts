/**
 * Takes the place of `docker` for the build that publishes: the engine of this machine cannot attest, the builder that can is an image,
 * and neither that nor base images can be pulled. The digest that the engine writes down is not the registry's, which is asked for.
 */
export const dockerWithoutAttestations = `#!/bin/bash
PATH=\${PATH#*:}
if [[ "$1 $2 $* " != 'buildx build '*' --push '* ]]; then exec docker "$@"; fi
for word in "$@"; do
  case "$word" in
    --pull | --provenance=* | --sbom=* | --builder) left_out+=("$word") ;;
    *) [ "$before" = --builder ] || words+=("$word") ;;
  esac
  [ "$before" = --tag ] && tag=$word
  [ "$before" = --metadata-file ] && metadata=$word
  before=$word
done
echo "left out: \${left_out[*]}"
docker "\${words[@]}" || exit
digest=$(docker buildx imagetools inspect "$tag" | sed -n 's/^Digest: *//p')
sed -i "s/\\(\\"containerimage.digest\\": *\\"\\)[^\\"]*/\\1$digest/" "$metadata"
`;
