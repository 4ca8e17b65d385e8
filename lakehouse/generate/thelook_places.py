"""Where the users of thelook live: cities with their state, country, postal code and position."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A city; `postal` has a # for each random digit, `weight` is its share of the users."""

    city: str
    state: str
    country: str
    postal: str
    latitude: float
    longitude: float
    weight: int


# Countries in about the proportions of the thelook export; positions are those of the cities.
PLACES = (
    Place("Shanghai", "Shanghai", "China", "2000##", 31.2304, 121.4737, 70),
    Place("Beijing", "Beijing", "China", "1000##", 39.9042, 116.4074, 60),
    Place("Shenzhen", "Guangdong", "China", "5180##", 22.5431, 114.0579, 45),
    Place("Guangzhou", "Guangdong", "China", "5100##", 23.1291, 113.2644, 40),
    Place("Hangzhou", "Zhejiang", "China", "3100##", 30.2741, 120.1551, 35),
    Place("Hefei", "Anhui", "China", "2300##", 31.8206, 117.2272, 25),
    Place("Wuhan", "Hubei", "China", "4300##", 30.5928, 114.3055, 30),
    Place("Chengdu", "Sichuan", "China", "6100##", 30.5728, 104.0668, 25),
    Place("Houston", "Texas", "United States", "770##", 29.7604, -95.3698, 30),
    Place("Dallas", "Texas", "United States", "752##", 32.7767, -96.797, 18),
    Place("Los Angeles", "California", "United States", "900##", 34.0522, -118.2437, 34),
    Place("San Diego", "California", "United States", "921##", 32.7157, -117.1611, 16),
    Place("New York", "New York", "United States", "100##", 40.7128, -74.006, 30),
    Place("Chicago", "Illinois", "United States", "606##", 41.8781, -87.6298, 22),
    Place("Phoenix", "Arizona", "United States", "850##", 33.4484, -112.074, 16),
    Place("Miami", "Florida", "United States", "331##", 25.7617, -80.1918, 20),
    Place("Philadelphia", "Pennsylvania", "United States", "191##", 39.9526, -75.1652, 14),
    Place("Columbus", "Ohio", "United States", "432##", 39.9612, -82.9988, 12),
    Place("Mobile", "Alabama", "United States", "366##", 30.6954, -88.0399, 6),
    Place("Little Rock", "Arkansas", "United States", "722##", 34.7465, -92.2896, 5),
    Place("São Paulo", "São Paulo", "Brasil", "01###-000", -23.5505, -46.6333, 60),
    Place("Rio de Janeiro", "Rio de Janeiro", "Brasil", "20###-000", -22.9068, -43.1729, 22),
    Place("Manaus", "Amazonas", "Brasil", "69###-000", -3.119, -60.0217, 18),
    Place("Salvador", "Bahia", "Brasil", "40###-000", -12.9777, -38.5016, 16),
    Place("Maceió", "Alagoas", "Brasil", "57###-000", -9.6498, -35.7089, 10),
    Place("Macapá", "Amapá", "Brasil", "68###-000", 0.0356, -51.0705, 8),
    Place("Rio Branco", "Acre", "Brasil", "699##-000", -9.9754, -67.8249, 5),
    Place("Seoul", "Seoul", "South Korea", "04###", 37.5665, 126.978, 36),
    Place("Busan", "Busan", "South Korea", "48###", 35.1796, 129.0756, 16),
    Place("Paris", "Île-de-France", "France", "750##", 48.8566, 2.3522, 24),
    Place("Lyon", "Auvergne-Rhône-Alpes", "France", "690##", 45.764, 4.8357, 13),
    Place("Marseille", "Provence-Alpes-Côte d'Azur", "France", "130##", 43.2965, 5.3698, 9),
    Place("London", "England", "United Kingdom", "E1 #AA", 51.5074, -0.1278, 26),
    Place("Manchester", "England", "United Kingdom", "M1 #AB", 53.4808, -2.2426, 11),
    Place("Edinburgh", "Scotland", "United Kingdom", "EH1 #BB", 55.9533, -3.1883, 7),
    Place("Stuttgart", "Baden-Württemberg", "Germany", "705##", 48.7758, 9.1829, 14),
    Place("Berlin", "Berlin", "Germany", "101##", 52.52, 13.405, 14),
    Place("München", "Bayern", "Germany", "803##", 48.1351, 11.582, 13),
    Place("Sevilla", "Andalucía", "Spain", "410##", 37.3891, -5.9845, 12),
    Place("Málaga", "Andalucía", "Spain", "290##", 36.7213, -4.4214, 9),
    Place("Zaragoza", "Aragón", "Spain", "500##", 41.6488, -0.8891, 7),
    Place("Madrid", "Comunidad de Madrid", "Spain", "280##", 40.4168, -3.7038, 13),
    Place("Tokyo", "Tokyo", "Japan", "1000###", 35.6762, 139.6503, 14),
    Place("Nagoya", "Aichi", "Japan", "4500###", 35.1815, 136.9066, 10),
    Place("Sydney", "New South Wales", "Australia", "20##", -33.8688, 151.2093, 14),
    Place("Canberra", "Australian Capital Territory", "Australia", "26##", -35.2809, 149.13, 7),
    Place("Bruxelles", "Bruxelles-Capitale", "Belgium", "10##", 50.8503, 4.3517, 12),
    Place("Warszawa", "Mazowieckie", "Poland", "00-###", 52.2297, 21.0122, 3),
    Place("Bogotá", "Cundinamarca", "Colombia", "1101##", 4.711, -74.0721, 1),
    Place("Wien", "Wien", "Austria", "10##", 48.2082, 16.3738, 1),
)
