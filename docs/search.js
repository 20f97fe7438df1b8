// A page is ranked by how many of the words asked are in one of its headings, and opened at that heading, not at its top.
var Scorer = {
  objNameMatch: 11, objPartialMatch: 6, objPrio: { 0: 15, 1: 5, 2: -5 }, objPrioDefault: 0,
  title: 15, partialTitle: 7, term: 5, partialTerm: 2,

  score: (hit) => {
    if (hit[6] !== SearchResultKind.text) return hit[4];
    const stems = (text) => splitQuery(text.toLowerCase()).filter((word) => !stopwords.has(word)).map((word) => new Stemmer().stemWord(word));
    const asked = stems(new URLSearchParams(location.search).get("q"));
    const page = Search._index.docnames.indexOf(hit[0]);
    let best = 0;
    for (const [heading, places] of Object.entries(Search._index.alltitles))
      for (const [, id] of places.filter(([of]) => of === page)) {
        const words = stems(heading);
        const share = asked.filter((word) => words.includes(word)).length / asked.length;
        if (share > best) {
          best = share;
          hit[1] = id === null ? Search._index.titles[page] : `${Search._index.titles[page]} > ${heading}`;
          hit[2] = id === null ? "" : `#${id}`;
        }
      }
    return hit[4] + 20 * best;
  },
};
