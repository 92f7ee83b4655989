// Which countries crowd into one city, and which spread out? All this script has is `query`.
;(async () => {
  const cities = await query(
    `select city.name, city.population, country.name as country, country.continent
       from city join country on country.code = city.country
      where city.population >= ?
      order by city.population desc`,
    100_000,
  )

  return Map.groupBy(cities, (city) => city.country)
    .values()
    .map((cities) => {
      const [{ country, continent, name, population }] = cities
      const people = cities.reduce((sum, city) => sum + city.population, 0)
      const share = population / people
      return {
        country,
        continent,
        cities: cities.length,
        people,
        largest: name,
        share,
        half: halfOf(cities, people),
      }
    })
    .toArray()
    .sort((a, b) => b.people - a.people)

  /** How many of the largest cities hold half of the people. */
  function halfOf(cities, people) {
    let counted = 0
    for (const [index, { population }] of cities.entries()) {
      counted += population
      if (counted >= people / 2) return index + 1
    }
  }
})()
