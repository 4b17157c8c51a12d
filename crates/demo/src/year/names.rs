//! First and last names of a diverse district: so few that a grade of a large school sometimes has two students of the same name.

const FIRST: &str = "\
    Aaliyah, Aarav, Abigail, Adrián, Ahmed, Aiko, Aisha, Alejandra, Amara, Amir, Ana, Andre, Anjali, \
    Anthony, Ariana, Arjun, Asher, Aurora, Ava, Beatriz, Benjamin, Bianca, Björn, Brandon, Camila, Carlos, \
    Caroline, Chloë, Chidi, Daniela, Dante, Darius, Deepa, DeShawn, Diego, Dmitri, Ebony, Eduardo, Elena, \
    Elijah, Emeka, Emily, Emma, Esperanza, Ethan, Eun-ji, Fatima, Felipe, Fiona, Francesca, François, \
    Gabriela, Giovanni, Grace, Guadalupe, Hana, Hannah, Hassan, Hiroshi, Ibrahim, Imani, Inés, Isabella, \
    Ishaan, Ivy, Jamal, Jasmine, Javier, Jayden, Jin, Joaquín, José, Julián, Kai, Kamala, Keanu, Keisha, \
    Kwame, Laila, Leilani, Liam, Lin, Logan, Lucía, Luka, Mai, Malik, María, Mateo, Maya, Mei, Mohammed, \
    Nadia, Naomi, Ngozi, Nia, Noah, Nour, Olivia, Omar, Óscar, Owen, Paloma, Priya, Quinn, Rafael, Ravi, \
    Renée, Rosa, Samir, Santiago, Sebastián, Selam, Siobhán, Sofía, Soren, Tariq, Thu, Tomás, Tyrone, Uma, \
    Valentina, Vikram, Winona, Xiomara, Yusuf, Zahra, Zoë";

const LAST: &str = "\
    Abdi, Abrams, Acosta, Adeyemi, Aguilar, Ahmad, Alvarado, Álvarez, Andersen, Anderson, Aquino, Arroyo, \
    Bailey, Baker, Banerjee, Barrios, Begay, Bello, Benítez, Bergström, Bianchi, Blackwood, Boateng, Bravo, \
    Brooks, Bui, Cabrera, Calderón, Campbell, Carter, Castillo, Castro, Chan, Chaudhry, Chavez, Chen, Cho, \
    Choi, Chukwu, Clarke, Cohen, Coleman, Contreras, Córdova, Cruz, D'Angelo, D'Souza, Dang, Davis, \
    De La Cruz, De León, Delgado, Desai, Diallo, Díaz, Dimitrov, Do, Domínguez, Dubois, Duong, Edwards, \
    Ekwueme, El-Sayed, Espinoza, Estrada, Evans, Farah, Fernández, Figueroa, Fischer, Flores, Fofana, Ford, \
    Franco, Fuentes, Fukuda, Gallagher, García, Garza, Gebre, Ghosh, Gómez, González, Goodwin, Gray, \
    Greene, Guerrero, Gupta, Gutiérrez, Guzmán, Hadid, Haddad, Hall, Hansen, Harris, Hassan, Hayes, \
    Henderson, Hernández, Herrera, Ho, Hoang, Hughes, Huynh, Ibarra, Ito, Ivanova, Jackson, Jaramillo, \
    Jefferson, Jensen, Jiménez, Johansson, Johnson, Jones, Joseph, Juárez, Kamara, Kang, Kapoor, Kaur, \
    Kelly, Khan, Kim, King, Kowalski, Kuznetsov, Lam, Larsson, Le, Lee, Leung, Lewis, Li, Lindqvist, Liu, \
    Lopez, Luna, Macías, Mahmoud, Maldonado, Marín, Márquez, Martínez, McDonald, McKenzie, Medina, Mehta, \
    Mejía, Mendoza, Mensah, Miller, Mitchell, Molina, Montoya, Moore, Morales, Moreau, Müller, Muñoz, \
    N'Diaye, Nakamura, Navarro, Nguyen, Nieves, Novak, Núñez, Nwosu, O'Brien, O'Connor, O'Neill, Ochoa, \
    Okafor, Okonkwo, Olsen, Ortega, Osei, Owusu, Pacheco, Padilla, Park, Patel, Peña, Pérez, Petrov, Pham, \
    Phillips, Popescu, Powell, Quintero, Rahman, Ramírez, Ramos, Reddy, Reyes, Ríos, Rivera, Roberts, \
    Rodríguez, Romero, Rossi, Ruiz, Salazar, Sánchez, Santos, Sato, Schmidt, Sharma, Silva, Singh, Smith, \
    St. Clair, Sørensen, Tanaka, Tesfaye, Thompson, Torres, Tran, Vargas, Vázquez, Washington, Williams, \
    Yang, Zamora";

/// All first and all last names.
pub fn pools() -> (Vec<&'static str>, Vec<&'static str>) {
    (FIRST.split(", ").collect(), LAST.split(", ").collect())
}

/// The local part of an address for a name: `maria.delacruz`. Accents and everything that is not a letter are dropped.
pub fn address_of(first: &str, last: &str) -> String {
    format!("{}.{}", plain(first), plain(last))
}

fn plain(name: &str) -> String {
    let plain = |letter: char| match letter {
        'á' | 'Á' => 'a',
        'é' | 'ë' => 'e',
        'í' => 'i',
        'ó' | 'Ó' | 'ö' | 'ø' => 'o',
        'ú' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        other => other,
    };
    name.chars()
        .map(plain)
        .filter(char::is_ascii_alphabetic)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{address_of, pools};

    #[test]
    fn each_name_is_listed_once_and_makes_an_address() {
        let (first, last) = pools();
        assert!(first.len() >= 100 && last.len() >= 200);
        for list in [first, last] {
            for (at, name) in list.iter().enumerate() {
                assert!(!list[..at].contains(name), "{name}");
                assert!(address_of(name, name).len() > 2, "{name}");
            }
        }
        assert_eq!(address_of("Siobhán", "De La Cruz"), "siobhan.delacruz");
        assert_eq!(address_of("Óscar", "N'Diaye"), "oscar.ndiaye");
    }
}
