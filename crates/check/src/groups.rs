//! Items by the group they belong to, in two flat lists.

use crate::position::Position;

/// For each group the positions of its items, in their order.
pub(crate) struct Groups {
    /// Where each group begins in `items`, and after the last group the end.
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Default for Groups {
    fn default() -> Groups {
        Groups { starts: vec![0], items: vec![] }
    }
}

impl Groups {
    /// Builds `count` groups from the group of each item; an item without a group is left out.
    pub(crate) fn new(count: usize, group_of_item: impl Iterator<Item = Option<Position>> + Clone) -> Groups {
        // Counted one place further on, the sums become the starts and, as items are placed, move to the ends.
        let mut starts = vec![0_u32; count + 2];
        for group in group_of_item.clone().flatten() {
            starts[group.index() + 2] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut items = vec![0; starts[count + 1] as usize];
        for (item, group) in (0_u32..).zip(group_of_item) {
            let Some(group) = group else { continue };
            let place = &mut starts[group.index() + 1];
            items[*place as usize] = item;
            *place += 1;
        }
        starts.pop();
        Groups { starts, items }
    }

    /// How many groups there are.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The items of a group.
    pub(crate) fn get(&self, group: usize) -> &[u32] {
        &self.items[self.starts[group] as usize..self.starts[group + 1] as usize]
    }

    /// The items of each group.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u32]> {
        (0..self.len()).map(|group| self.get(group))
    }
}

#[cfg(test)]
mod tests {
    use super::{Groups, Position};

    #[test]
    fn items_keep_their_order_and_those_without_a_group_are_left_out() {
        let group_of_item = [Some(1), Some(3), Some(1), None, Some(0), Some(1), None];
        let groups = Groups::new(4, group_of_item.into_iter().map(|group| group.map(Position::new)));
        assert_eq!(groups.iter().collect::<Vec<_>>(), [&[4][..], &[0, 2, 5], &[], &[1]]);
    }
}
