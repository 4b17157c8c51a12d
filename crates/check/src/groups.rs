//! Things by the group they belong to, in two flat lists.

/// For each group the positions of its things, in their order.
pub(crate) struct Groups {
    /// Where each group begins in `things`, and behind the last one the end.
    starts: Vec<u32>,
    things: Vec<u32>,
}

impl Default for Groups {
    fn default() -> Groups {
        Groups { starts: vec![0], things: vec![] }
    }
}

impl Groups {
    /// `count` groups; `of` gives for each thing its group. A group of `count` or beyond is none.
    pub(crate) fn new(count: usize, of: impl Iterator<Item = u32> + Clone) -> Groups {
        // Counted one place further on, the sums become the starts and, as things are placed, move to the ends.
        let mut starts = vec![0_u32; count + 2];
        for group in of.clone().filter(|group| (*group as usize) < count) {
            starts[group as usize + 2] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut things = vec![0; starts[count + 1] as usize];
        for (thing, group) in of.enumerate().filter(|(_, group)| (*group as usize) < count) {
            let place = &mut starts[group as usize + 1];
            things[*place as usize] = thing as u32;
            *place += 1;
        }
        starts.pop();
        Groups { starts, things }
    }

    /// How many groups there are.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The things of a group.
    pub(crate) fn get(&self, group: usize) -> &[u32] {
        &self.things[self.starts[group] as usize..self.starts[group + 1] as usize]
    }

    /// The things of each group.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u32]> {
        (0..self.len()).map(|group| self.get(group))
    }
}

#[cfg(test)]
mod tests {
    use super::Groups;

    #[test]
    fn things_stay_in_order_and_those_without_a_group_are_left_out() {
        let groups = Groups::new(4, [1, 3, 1, u32::MAX, 0, 1, 4].into_iter());
        assert_eq!(groups.iter().collect::<Vec<_>>(), [&[4][..], &[0, 2, 5], &[], &[1]]);
    }
}
